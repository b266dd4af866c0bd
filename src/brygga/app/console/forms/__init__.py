"""The forms, built from what a connector's card and a flow's settings say of themselves."""
