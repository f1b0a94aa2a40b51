# Shared by ./dev and the scripts in tools/; sourced at the top of the checkout.
# shellcheck shell=bash

# Debian's python3 before any other: the scripts need modules that come as Debian packages.
export PATH="/usr/bin:/bin:$PATH"

# configure DIRECTORY OPTION...: the compiler is gcc unless an option says otherwise.
configure()
{
    local directory=$1
    shift
    CC=gcc cmake -S . -B "$directory" -G Ninja --log-level=WARNING "$@"
}

# compile DIRECTORY [TARGET...]; NINJA_FLAGS may add to ninja's options
compile()
{
    local directory=$1
    shift
    # shellcheck disable=SC2086 # flags are separate words
    cmake --build "$directory" ${1:+--target "$@"} ${NINJA_FLAGS:+-- $NINJA_FLAGS}
}

# Assertions stay on (no NDEBUG), and -O1 keeps the sanitizers bearable. Tests that measure memory
# take the optimised broker.
build_sanitized()
{
    configure build/sanitize -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1 -DSANITIZE=ON \
        "-DPLAIN_BROKER=$PWD/build/leveret"
    compile build/sanitize
}

build_fuzzers()
{
    configure build/fuzz -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1 \
        -DFUZZ=ON
    compile build/fuzz fuzzers
}

# Every C file of the project, separated by NUL. Files not yet known to git count too.
c_files()
{
    git ls-files -z --cached --others --exclude-standard -- '*.c' '*.h'
}
