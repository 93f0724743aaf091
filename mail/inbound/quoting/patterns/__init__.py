"""What programs and people write around quotations and below a reply, in many languages."""
