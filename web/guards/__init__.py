"""What stands between strangers and the app: whose request it is, how many, and for which host."""
