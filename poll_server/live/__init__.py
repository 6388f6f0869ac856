"""What happens while the event runs: taking votes, sending frames, knowing who is there."""
