"""From the address of a picture to a file that fits the device."""
