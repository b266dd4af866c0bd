"""`python -m brygga.app.commands`: the same as `brygga`, for processes that we start ourselves."""

from brygga.app.commands.main import app

if __name__ == "__main__":
    app(prog_name="brygga")
