"""Bundles on sticks and in shared folders: how a journal travels where no network leads."""
