"""`python -m reelwright` is `reel`; `torchrun -m reelwright train …` starts it several times."""

from reelwright.cli import main

if __name__ == "__main__":
    main()
