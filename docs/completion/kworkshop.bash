# Completion of kworkshop for bash.  Made by `make docs` from the tables of src/cli.

_kworkshop_commands="home run free play practise list export inspect conform explore test restart history submit grade check watch new progress review doctor help version"

_kworkshop_options() # COMMAND
{
	case $1 in
	home) _kworkshop_words --help --version --student --date --plain --color --theme --ascii --no-mouse --no-animation --sync-output --course --lang ;;
	run) _kworkshop_words --help --seed --variant --student --date --cpus --jitter --fresh --inputs --answers --question --from-report --choose --replay --record --census --notes --work --set --plain --color --theme --ascii --no-mouse --no-animation --sync-output --course --lang ;;
	free) _kworkshop_words --help --seed --cpus --jitter --inputs --record --census --plain --color --theme --ascii --no-mouse --no-animation --sync-output --course --lang ;;
	play) _kworkshop_words --help --plain --color --theme --ascii --no-mouse --no-animation --sync-output --course --lang ;;
	practise) _kworkshop_words --help --date --student --plain --color --theme --ascii --no-mouse --no-animation --sync-output --course --lang ;;
	list) _kworkshop_words --help --json --names --plan --course --lang ;;
	export) _kworkshop_words --help --to --at --width --height --theme --ascii --lang ;;
	inspect) _kworkshop_words --help --at --interval --json --lang ;;
	conform) _kworkshop_words --help --seeds --seed --jobs --soft --census --print --record --lang ;;
	explore) _kworkshop_words --help --strategy --runs --depth --jitter --seed --variant --jobs --window --max-delay --cpus --census --all --replay --known-deviations --save --lang ;;
	test) _kworkshop_words --help --variant --student --work --set --hidden --course --seed --jitter --schedules --jobs --lang ;;
	restart) _kworkshop_words --help --work --student --plain --color --theme --ascii --no-mouse --no-animation --sync-output --course --lang ;;
	history) _kworkshop_words --help --back --work --course --lang ;;
	submit) _kworkshop_words --help --variant --student --work --set --hidden --course --all --check --output --lang ;;
	grade) _kworkshop_words --help --student --hidden --course --lang ;;
	check) _kworkshop_words --help --question --preview --variants --seeds --jitter --fast --format --strict --jobs --course --lang ;;
	watch) _kworkshop_words --help --question --variant --seed --plain --color --theme --ascii --no-mouse --no-animation --sync-output --course --lang ;;
	new) _kworkshop_words --help --kind --from --course --lang ;;
	progress) _kworkshop_words --help --yes --lang ;;
	review) _kworkshop_words --help --format --output --course --student --lang ;;
	doctor) _kworkshop_words --help --json --course --lang ;;
	help) _kworkshop_words --help --names --lang ;;
	version) _kworkshop_words --help --lang ;;
	esac
}

_kworkshop_takes_value() # COMMAND OPTION
{
	case $1 in
	"home --student"|\
	"home --date"|\
	"home --color"|\
	"home --theme"|\
	"home --course"|\
	"home --lang"|\
	"run --seed"|\
	"run --variant"|\
	"run --student"|\
	"run --date"|\
	"run --cpus"|\
	"run --jitter"|\
	"run --inputs"|\
	"run --answers"|\
	"run --question"|\
	"run --from-report"|\
	"run --choose"|\
	"run --replay"|\
	"run --record"|\
	"run --work"|\
	"run --set"|\
	"run --color"|\
	"run --theme"|\
	"run --course"|\
	"run --lang"|\
	"free --seed"|\
	"free --cpus"|\
	"free --jitter"|\
	"free --inputs"|\
	"free --record"|\
	"free --color"|\
	"free --theme"|\
	"free --course"|\
	"free --lang"|\
	"play --color"|\
	"play --theme"|\
	"play --course"|\
	"play --lang"|\
	"practise --date"|\
	"practise --student"|\
	"practise --color"|\
	"practise --theme"|\
	"practise --course"|\
	"practise --lang"|\
	"list --course"|\
	"list --lang"|\
	"export --to"|\
	"export --at"|\
	"export --width"|\
	"export --height"|\
	"export --theme"|\
	"export --lang"|\
	"inspect --at"|\
	"inspect --interval"|\
	"inspect --lang"|\
	"conform --seeds"|\
	"conform --seed"|\
	"conform --jobs"|\
	"conform --record"|\
	"conform --lang"|\
	"explore --strategy"|\
	"explore --runs"|\
	"explore --depth"|\
	"explore --jitter"|\
	"explore --seed"|\
	"explore --variant"|\
	"explore --jobs"|\
	"explore --window"|\
	"explore --max-delay"|\
	"explore --cpus"|\
	"explore --replay"|\
	"explore --known-deviations"|\
	"explore --save"|\
	"explore --lang"|\
	"test --variant"|\
	"test --student"|\
	"test --work"|\
	"test --set"|\
	"test --hidden"|\
	"test --course"|\
	"test --seed"|\
	"test --jitter"|\
	"test --schedules"|\
	"test --jobs"|\
	"test --lang"|\
	"restart --work"|\
	"restart --student"|\
	"restart --color"|\
	"restart --theme"|\
	"restart --course"|\
	"restart --lang"|\
	"history --work"|\
	"history --course"|\
	"history --lang"|\
	"submit --variant"|\
	"submit --student"|\
	"submit --work"|\
	"submit --set"|\
	"submit --hidden"|\
	"submit --course"|\
	"submit --output"|\
	"submit --lang"|\
	"grade --student"|\
	"grade --hidden"|\
	"grade --course"|\
	"grade --lang"|\
	"check --question"|\
	"check --preview"|\
	"check --variants"|\
	"check --seeds"|\
	"check --jitter"|\
	"check --format"|\
	"check --jobs"|\
	"check --course"|\
	"check --lang"|\
	"watch --question"|\
	"watch --variant"|\
	"watch --seed"|\
	"watch --color"|\
	"watch --theme"|\
	"watch --course"|\
	"watch --lang"|\
	"new --kind"|\
	"new --from"|\
	"new --course"|\
	"new --lang"|\
	"progress --lang"|\
	"review --format"|\
	"review --output"|\
	"review --course"|\
	"review --student"|\
	"review --lang"|\
	"doctor --course"|\
	"doctor --lang"|\
	"help --lang"|\
	"version --lang") return 0 ;;
	esac
	return 1
}

_kworkshop_value() # COMMAND OPTION
{
	case $1 in
	"home --color") _kworkshop_words auto always never;;
	"home --theme") _kworkshop_words dark light contrast mono;;
	"home --course") _kworkshop_folders;;
	"run --inputs") _kworkshop_files;;
	"run --from-report") _kworkshop_files txt;;
	"run --record") _kworkshop_files kwt;;
	"run --work") _kworkshop_folders;;
	"run --color") _kworkshop_words auto always never;;
	"run --theme") _kworkshop_words dark light contrast mono;;
	"run --course") _kworkshop_folders;;
	"free --inputs") _kworkshop_files;;
	"free --record") _kworkshop_files kwt;;
	"free --color") _kworkshop_words auto always never;;
	"free --theme") _kworkshop_words dark light contrast mono;;
	"free --course") _kworkshop_folders;;
	"play --color") _kworkshop_words auto always never;;
	"play --theme") _kworkshop_words dark light contrast mono;;
	"play --course") _kworkshop_folders;;
	"practise --color") _kworkshop_words auto always never;;
	"practise --theme") _kworkshop_words dark light contrast mono;;
	"practise --course") _kworkshop_folders;;
	"list --course") _kworkshop_folders;;
	"export --to") _kworkshop_words text ndjson ftrace svg;;
	"export --theme") _kworkshop_words dark light contrast mono;;
	"conform --record") _kworkshop_files kwt;;
	"explore --strategy") _kworkshop_words random pct dfs;;
	"explore --known-deviations") _kworkshop_files;;
	"explore --save") _kworkshop_files kwt;;
	"test --work") _kworkshop_folders;;
	"test --hidden") _kworkshop_files lua;;
	"test --course") _kworkshop_folders;;
	"restart --work") _kworkshop_folders;;
	"restart --color") _kworkshop_words auto always never;;
	"restart --theme") _kworkshop_words dark light contrast mono;;
	"restart --course") _kworkshop_folders;;
	"history --work") _kworkshop_folders;;
	"history --course") _kworkshop_folders;;
	"submit --work") _kworkshop_folders;;
	"submit --hidden") _kworkshop_files lua;;
	"submit --course") _kworkshop_folders;;
	"submit --output") _kworkshop_files kwh;;
	"grade --hidden") _kworkshop_files lua;;
	"grade --course") _kworkshop_folders;;
	"check --format") _kworkshop_words text json tap junit;;
	"check --course") _kworkshop_folders;;
	"watch --color") _kworkshop_words auto always never;;
	"watch --theme") _kworkshop_words dark light contrast mono;;
	"watch --course") _kworkshop_folders;;
	"new --kind") _kworkshop_words repair configure predict observe dump;;
	"new --course") _kworkshop_folders;;
	"review --format") _kworkshop_words md html;;
	"review --output") _kworkshop_files md html;;
	"review --course") _kworkshop_folders;;
	"doctor --course") _kworkshop_folders;;
	esac
}

_kworkshop_argument() # COMMAND PLACE
{
	case $1 in
	"run 1") _kworkshop_names list; _kworkshop_files lua; ;;
	"run "*) _kworkshop_files lua; ;;
	"play "*) _kworkshop_files kwt; ;;
	"export "*) _kworkshop_files kwt; ;;
	"inspect 1") _kworkshop_files kwt; ;;
	"inspect 2") _kworkshop_words wq_monitor; _kworkshop_words wq_dump; _kworkshop_words ps; _kworkshop_words sysfs; ;;
	"inspect "*) ;;
	"conform "*) _kworkshop_files kws; ;;
	"explore "*) _kworkshop_files lua kws c so; ;;
	"test 1") _kworkshop_folders; ;;
	"test "*) _kworkshop_files lua; ;;
	"restart "*) _kworkshop_folders; ;;
	"history 1") _kworkshop_folders; ;;
	"history "*) ;;
	"submit "*) _kworkshop_folders; ;;
	"grade "*) _kworkshop_files kwh; ;;
	"check "*) _kworkshop_names list; _kworkshop_files lua; _kworkshop_folders; ;;
	"watch "*) _kworkshop_names list; _kworkshop_files lua; ;;
	"new 1") _kworkshop_words lesson; _kworkshop_words exercise; ;;
	"new "*) ;;
	"progress 1") _kworkshop_words show; _kworkshop_words export; _kworkshop_words import; _kworkshop_words reset; _kworkshop_words erase; ;;
	"progress "*) _kworkshop_files json; _kworkshop_names list; ;;
	"review "*) _kworkshop_names list; ;;
	"help "*) _kworkshop_names help; ;;
	esac
}

_kworkshop_words() # WORD...: those that begin as the current word does
{
	COMPREPLY+=($(compgen -W "$*" -- "$cur"))
}

_kworkshop_files() # [ENDING...]: files with these endings, and folders
{
	local IFS=$'\n' ending
	compopt -o filenames 2>/dev/null
	if [ $# = 0 ]; then
		COMPREPLY+=($(compgen -f -- "$cur"))
		return
	fi
	for ending; do
		COMPREPLY+=($(compgen -f -X "!*.$ending" -- "$cur"))
	done
	COMPREPLY+=($(compgen -d -- "$cur"))
}

_kworkshop_folders()
{
	local IFS=$'\n'
	compopt -o filenames 2>/dev/null
	COMPREPLY+=($(compgen -d -- "$cur"))
}

_kworkshop_names() # COMMAND: the output of `kworkshop COMMAND --names`
{
	_kworkshop_words $("${COMP_WORDS[0]}" "$1" --names 2>/dev/null)
}

_kworkshop()
{
	local cur=${COMP_WORDS[COMP_CWORD]} command=home option= place=0 word i
	COMPREPLY=()
	[ "$cur" != = ] || cur=
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [ "$word" = = ]; then
			continue
		elif [ -n "$option" ]; then
			option=
		elif [[ $word == --* ]]; then
			_kworkshop_takes_value "$command $word" && option=$word
		elif [ $place = 0 ]; then
			command=$word place=1
		else
			place=$((place + 1))
		fi
	done
	if [ -n "$option" ]; then
		_kworkshop_value "$command $option"
	elif [[ $cur == -* ]]; then
		_kworkshop_options "$command"
	elif [ $place = 0 ]; then
		_kworkshop_words $_kworkshop_commands
	else
		_kworkshop_argument "$command $place"
	fi
}

complete -F _kworkshop kworkshop
