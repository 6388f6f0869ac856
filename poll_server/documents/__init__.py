"""Files that people write and read: the event file that an organiser prepares."""
