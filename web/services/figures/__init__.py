"""The figures as pages, the API and exports give them."""
