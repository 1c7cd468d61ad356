#!/usr/bin/env bash
# Runs task-cli with the interpreter that batchpack was installed with, whatever PATH and the folder say.
# In POSIX mode no function from the environment can stand in for exec, exit and unset.
POSIXLY_CORRECT=1
\unset -f cd pwd printf
python='/opt/batchpack/bin/python'
package='/opt/batchpack/lib/batchpack'

refuse() {
  printf 'Error: %s\n  %s\n' "$1" "$2" >&2
  \exit 1
}

# Is the folder $1 the work tree $2 or below it, also through links?
is_in() {
  folder=$(cd -P -- "$1" 2>/dev/null && pwd -P) || return 1
  while [[ ! $folder -ef $2 ]]; do
    [[ $folder == / ]] && return 1
    folder=${folder%/*}
    folder=${folder:-/}
  done
}

[[ -x $python && ! -d $python ]] || refuse "$python, which batchpack was installed with, is gone" 'run: batchpack install'
[[ -f $package/__init__.py ]] || refuse "$package is gone" 'run: batchpack install'

tree=$(pwd -P)
while [[ $tree && ! -e $tree/.git ]]; do
  tree=${tree%/*}
done
if [[ $tree ]]; then
  for place in "${python%/*}" "$package"; do
    is_in "$place" "$tree" &&
      refuse "$place lies in this work tree, where an agent could have changed it" \
        'install batchpack outside of the project, for example with pipx, and run: batchpack install'
  done
fi
\exec "$python" -I -m batchpack.router "$0" "$@"
