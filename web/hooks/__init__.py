"""Where incident tools knock: signed webhooks, one module per source."""
