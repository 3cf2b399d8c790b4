"""What showing a video is worth: by rates of all viewers, or learnt for the one who is asking."""
