# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
# What quickstart, check, bench and lint share: packages, LibTorch, configuring, timing. Sourced, never run.
# Expects: program (the script's name), install (yes or no), build (the build folder), torch (debian, wheel or empty), and may find
# cuda (yes: the parts for a GPU although there is none).

source_dir=$(cd "$(dirname "$0")/.." && pwd)
cd "$source_dir"
[ -r packaging/packages ] || { echo "$program: $source_dir is no clone of Tessera" >&2; exit 1; }

fail() {
    echo "$program: $*" >&2
    exit 1
}

refuse() {
    echo "$program: $*" >&2
    exit 2
}

# timed WHAT COMMAND...: says what begins, runs it, says how long it took.
timed() {
    what=$1
    shift
    printf '== %s\n' "$what"
    began=$(date +%s)
    "$@" || fail "stopped at: $what"
    printf '== %s: done in %s s\n' "$what" "$(($(date +%s) - began))"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "needs root for: $* (there is no sudo; run it yourself and then this again with --no-install)"
    fi
}

# missing_packages PURPOSE...: those of packaging/packages with one of the purposes that are not installed.
missing_packages() {
    suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    for purpose in "$@"; do
        awk -v purpose="$purpose" -v suite="$suite" '!/^#/ && $2 == purpose && ($3 == "" || $3 == suite) { print $1 }' \
            packaging/packages
    done | sort -u | while read -r package; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

install_packages() {
    command -v dpkg-query >/dev/null || {
        [ "$install" = no ] && return
        refuse "knows Debian's packages only; install the libraries of the README yourself and use --no-install"
    }
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "${missing% }" ] || { echo "== packages: everything is there"; return; }
    [ "$install" = yes ] || refuse "these packages are missing: ${missing% } (install them, or leave out --no-install)"
    timed "packages: refreshing the list" as_root apt-get -qq update
    # shellcheck disable=SC2086 # one word a package
    timed "packages: installing ${missing% }" apt_install $missing
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" >/dev/null
}

has_nvidia_gpu() {
    command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q GPU
}

# Sets torch where it is empty, and torch_folder: the wheel's, or empty for the distribution's LibTorch.
choose_torch() {
    if [ -z "$torch" ]; then
        torch=debian
        has_nvidia_gpu && torch=wheel
    fi
    case $torch in
    debian) torch_folder='' ;;
    wheel) torch_folder=${TESSERA_TORCH_WHEEL:-${XDG_CACHE_HOME:-$HOME/.cache}/tessera/torch-wheel} ;;
    *) refuse "--torch is debian or wheel, not $torch" ;;
    esac
}

# The Python that python3-venv belongs to: another one on the path may lack what pip needs.
debian_python() {
    if [ -x /usr/bin/python3 ]; then echo /usr/bin/python3; else command -v python3; fi
}

# PyPI's torch wheel in a Python environment of its own. Its libraries for the GPU need all the nvidia wheels that it
# names; where there is no GPU the two that its CPU library is linked to are enough.
install_torch_wheel() {
    [ -n "$torch_folder" ] || return 0
    torch_environment=$torch_folder
    parts=cpu
    { [ "${cuda:-no}" = yes ] || has_nvidia_gpu; } && parts=gpu
    if [ ! -e "$torch_folder/complete-$parts" ]; then
        [ "$install" = yes ] || refuse "there is no LibTorch wheel in $torch_folder (leave out --no-install)"
        pip=$torch_folder/bin/pip
        [ -x "$pip" ] || timed "LibTorch: a Python environment in $torch_folder" "$(debian_python)" -m venv "$torch_folder"
        timed "LibTorch: PyPI's torch" "$pip" install --quiet --no-deps torch
        if [ "$parts" = gpu ]; then
            timed "LibTorch: the nvidia wheels (3 GB)" "$pip" install --quiet torch
        else
            timed "LibTorch: the two nvidia wheels that the CPU needs" \
                "$pip" install --quiet --no-warn-conflicts "$(cuda_toolkit cudart,cupti)"
        fi
        touch "$torch_folder/complete-$parts"
    fi
    torch_folder=$(echo "$torch_folder"/lib/python3*/site-packages/torch)
    [ -e "$torch_folder/lib/libtorch_cpu.so" ] || fail "$torch_folder holds no LibTorch; delete that environment and try again"
}

# cuda_toolkit PARTS: those of the cuda-toolkit wheel in the version that the installed torch asks for.
cuda_toolkit() {
    "$torch_environment/bin/python" -c 'import importlib.metadata, re, sys
wanted = [r for r in importlib.metadata.requires("torch") if r.startswith("cuda-toolkit")]
print("cuda-toolkit[" + sys.argv[1] + "]" + re.search("==[0-9.]+", wanted[0]).group())' "$1"
}

# Sets nvcc: the system's, or PyPI's beside the LibTorch wheel.
choose_nvcc() {
    nvcc=$(PATH=$PATH:${CUDA_HOME:-/usr/local/cuda}/bin command -v nvcc || true)
    [ -z "$nvcc" ] || return 0
    nvcc=$(echo "$torch_folder"/../nvidia/cu*/bin/nvcc)
    [ ! -x "$nvcc" ] || return 0
    [ "$install" = yes ] || refuse "there is no nvcc (leave out --no-install)"
    timed "nvcc: PyPI's nvidia-cuda-nvcc" "$torch_environment/bin/pip" install --quiet "$(cuda_toolkit nvcc)"
    nvcc=$(echo "$torch_folder"/../nvidia/cu*/bin/nvcc)
    [ -x "$nvcc" ] || fail "no nvcc lies beside $torch_folder"
}

# configure ARGUMENT...: runs CMake where that has not been done with the same arguments before. Ninja repeats it by itself
# when a CMake file changes.
configure() {
    arguments="-G Ninja -DTESSERA_TORCH=$torch_folder $*"
    if [ -e "$build/build.ninja" ] && [ "$(cat "$build/configured-with" 2>/dev/null)" = "$arguments" ]; then
        echo "== configuring: already done in $build"
        return
    fi
    timed "configuring in $build" cmake -S "$source_dir" -B "$build" -G Ninja "-DTESSERA_TORCH=$torch_folder" "$@" \
        --log-level=WARNING
    echo "$arguments" >"$build/configured-with"
}
