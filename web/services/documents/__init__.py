"""What web and API do with documents: file them, keep causes and actions in step, note findings."""
