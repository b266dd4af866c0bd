"""What the pages ask the database for: every query in a tenant's scope, few for each page."""
