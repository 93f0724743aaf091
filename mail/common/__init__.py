"""What outbound and inbound mail share."""
