"""Look at the set-up of this server, and at what happened, for `afterword doctor`."""
