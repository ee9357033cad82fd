"""What people see, type and hear read aloud: screens and commands."""
