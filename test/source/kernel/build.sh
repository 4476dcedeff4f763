#!/bin/sh
# Builds what stands beside it: vmlinux and splat.ko, as small as they get. Usage: build.sh DIR
set -e
from=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/init"
flags="-g -O2 -fno-pic -fno-asynchronous-unwind-tables -fcf-protection=none -ffile-prefix-map=$from=/build/linux"
cp "$from/main.c" "$1/init/main.c"
cd "$1"
gcc $flags -I"$from" "-ffile-prefix-map=$1=/build/linux" -c init/main.c -o main.o
gcc $flags -DSALT=1 -DSECOND=take_first -c "$from/twice.c" -o one.o
gcc $flags -DSALT=2 -DSECOND=take_second -c "$from/twice.c" -o two.o
gcc -nostdlib -static -no-pie -Wl,--build-id=sha1 -Wl,-e,start_kernel -Wl,-n -o vmlinux main.o one.o two.o
gcc $flags -ffunction-sections -c "$from/module.c" -o module.o
ld -r --build-id=sha1 -o splat.ko module.o
rm -r main.o one.o two.o module.o init
