"""Who owns what: tenants, their people, and the scope that every query runs in."""
