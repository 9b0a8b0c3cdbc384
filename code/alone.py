"""`python alone.py COMMAND...` runs the command while no other runs this way in the folder: a second one waits.

For `make`, before there is an environment: so nothing but Python itself. The lock ends with the command's process,
however that ends.
"""

import fcntl
import os
import sys

LOCK, HELD = "_build/.lock", "THIRD_OPTIMIZER_ALONE"  # HELD is set for the command: the lock is its


def main(command):
    if HELD not in os.environ:
        os.makedirs(os.path.dirname(LOCK), exist_ok=True)
        lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(
                "Another make is at work in this folder; this one waits until it is done.", file=sys.stderr, flush=True
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock, True)
        os.environ[HELD] = "1"
    os.execvp(command[0], command)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
