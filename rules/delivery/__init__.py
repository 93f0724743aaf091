"""How notifications reach people: what waits for the daily email, and when that one is sent."""
