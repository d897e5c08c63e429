"""`python -m stance`, which is also what `torchrun -m stance train ...` starts."""

from stance.cli import main

if __name__ == "__main__":
    main()
