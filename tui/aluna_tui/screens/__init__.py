"""The screens people see, one module each."""
