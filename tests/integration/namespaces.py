"""Hosts on one cable for tests: the lab lives with the demonstration, which needs it too."""

from aluna_tui.demo.lab import LAN, TRUNK, Host, Lab, available, read_frames

__all__ = ["LAN", "TRUNK", "Host", "Lab", "available", "read_frames"]
