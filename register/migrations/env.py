"""Alembic's environment: runs the migrations on the connection of register.database."""

from alembic import context

from register.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
