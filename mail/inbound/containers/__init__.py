"""What mail programs pack a whole mail into: signed S/MIME messages and Outlook's winmail.dat."""
