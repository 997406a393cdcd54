"""What another scheme would have changed, for people: on the screen, as a workbook, as a picture."""
