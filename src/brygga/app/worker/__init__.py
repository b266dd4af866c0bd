"""Durable jobs and the schedule: drains lanes, polls, and keeps the house."""
