# Completion of kworkshop for fish.  Made by `make docs` from the tables of src/cli.

set -g __kworkshop_commands 'home run free play practise list export inspect conform explore test restart history submit grade check watch new progress review doctor help version'
set -g __kworkshop_takes_value \
	'home --student' \
	'home --date' \
	'home --color' \
	'home --theme' \
	'home --course' \
	'home --lang' \
	'run --seed' \
	'run --variant' \
	'run --student' \
	'run --date' \
	'run --cpus' \
	'run --jitter' \
	'run --inputs' \
	'run --answers' \
	'run --question' \
	'run --from-report' \
	'run --choose' \
	'run --replay' \
	'run --record' \
	'run --work' \
	'run --set' \
	'run --color' \
	'run --theme' \
	'run --course' \
	'run --lang' \
	'free --seed' \
	'free --cpus' \
	'free --jitter' \
	'free --inputs' \
	'free --record' \
	'free --color' \
	'free --theme' \
	'free --course' \
	'free --lang' \
	'play --color' \
	'play --theme' \
	'play --course' \
	'play --lang' \
	'practise --date' \
	'practise --student' \
	'practise --color' \
	'practise --theme' \
	'practise --course' \
	'practise --lang' \
	'list --course' \
	'list --lang' \
	'export --to' \
	'export --at' \
	'export --width' \
	'export --height' \
	'export --theme' \
	'export --lang' \
	'inspect --at' \
	'inspect --interval' \
	'inspect --lang' \
	'conform --seeds' \
	'conform --seed' \
	'conform --jobs' \
	'conform --record' \
	'conform --lang' \
	'explore --strategy' \
	'explore --runs' \
	'explore --depth' \
	'explore --jitter' \
	'explore --seed' \
	'explore --variant' \
	'explore --jobs' \
	'explore --window' \
	'explore --max-delay' \
	'explore --cpus' \
	'explore --replay' \
	'explore --known-deviations' \
	'explore --save' \
	'explore --lang' \
	'test --variant' \
	'test --student' \
	'test --work' \
	'test --set' \
	'test --hidden' \
	'test --course' \
	'test --seed' \
	'test --jitter' \
	'test --schedules' \
	'test --jobs' \
	'test --lang' \
	'restart --work' \
	'restart --student' \
	'restart --color' \
	'restart --theme' \
	'restart --course' \
	'restart --lang' \
	'history --work' \
	'history --course' \
	'history --lang' \
	'submit --variant' \
	'submit --student' \
	'submit --work' \
	'submit --set' \
	'submit --hidden' \
	'submit --course' \
	'submit --output' \
	'submit --lang' \
	'grade --student' \
	'grade --hidden' \
	'grade --course' \
	'grade --lang' \
	'check --question' \
	'check --preview' \
	'check --variants' \
	'check --seeds' \
	'check --jitter' \
	'check --format' \
	'check --jobs' \
	'check --course' \
	'check --lang' \
	'watch --question' \
	'watch --variant' \
	'watch --seed' \
	'watch --color' \
	'watch --theme' \
	'watch --course' \
	'watch --lang' \
	'new --kind' \
	'new --from' \
	'new --course' \
	'new --lang' \
	'progress --lang' \
	'review --format' \
	'review --output' \
	'review --course' \
	'review --student' \
	'review --lang' \
	'doctor --course' \
	'doctor --lang' \
	'help --lang' \
	'version --lang'

function __kworkshop_names # COMMAND: the output of `kworkshop COMMAND --names`
	set -l words (commandline -opc)
	$words[1] $argv[1] --names 2>/dev/null
end

function __kworkshop_at # COMMAND [PLACE]: is that the command, and that argument the current one?
	set -l words (commandline -opc)[2..-1]
	set -l command home
	set -l place 0
	set -l option
	for word in $words
		if test -n "$option"
			set option
		else if string match -q -- '--*=*' $word
			continue
		else if string match -q -- '--*' $word
			contains -- "$command $word" $__kworkshop_takes_value; and set option $word
		else if test $place = 0
			set command $word
			set place 1
		else
			set place (math $place + 1)
		end
	end
	test $command = $argv[1]; or return 1
	test (count $argv) = 1; or test $place = $argv[2]; or begin
		test (count $argv) = 3; and test $place -ge $argv[2]
	end
end

complete -c kworkshop -f

complete -c kworkshop -n '__kworkshop_at home 0' -a home -d 'lessons, exercises, progress (also without a command)'
complete -c kworkshop -n '__kworkshop_at home' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at home' -l student -x -d 'the student\'s id; otherwise KWORKSHOP_ID, then the configuration file'
complete -c kworkshop -n '__kworkshop_at home' -l date -x -d 'the day that counts as today, such as 2026-12-05: to see what is due then'
complete -c kworkshop -n '__kworkshop_at home' -l plain -d 'lines in and lines out, without control of the terminal; also with TERM=dumb, KWORKSHOP_PLAIN=1, or without a terminal'
complete -c kworkshop -n '__kworkshop_at home' -l color -x -a 'auto always never' -d 'when to use colours; NO_COLOR is obeyed'
complete -c kworkshop -n '__kworkshop_at home' -l theme -x -a 'dark light contrast mono' -d 'the colours'
complete -c kworkshop -n '__kworkshop_at home' -l ascii -d 'draw with ASCII characters only'
complete -c kworkshop -n '__kworkshop_at home' -l no-mouse -d 'leave the mouse to the terminal'
complete -c kworkshop -n '__kworkshop_at home' -l no-animation -d 'show each change at once'
complete -c kworkshop -n '__kworkshop_at home' -l sync-output -d 'enclose each frame in the sequences of synchronized output'
complete -c kworkshop -n '__kworkshop_at home' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at home' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'

complete -c kworkshop -n '__kworkshop_at home 0' -a run -d 'run a lesson or an exercise'
complete -c kworkshop -n '__kworkshop_at run' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at run' -l seed -x -d 'the schedule: equal seeds give equal runs'
complete -c kworkshop -n '__kworkshop_at run' -l variant -x -d 'which numbers the lesson uses; computed from the student\'s id if not given'
complete -c kworkshop -n '__kworkshop_at run' -l student -x -d 'the student\'s id; otherwise KWORKSHOP_ID, then the configuration file'
complete -c kworkshop -n '__kworkshop_at run' -l date -x -d 'the day that counts as today, such as 2026-12-05: to see what is due then'
complete -c kworkshop -n '__kworkshop_at run' -l cpus -x -d 'virtual CPUs, instead of the lesson\'s number'
complete -c kworkshop -n '__kworkshop_at run' -l jitter -x -d 'vary burns, interrupts and timers by that share'
complete -c kworkshop -n '__kworkshop_at run' -l fresh -d 'from the beginning, although an attempt is unfinished'
complete -c kworkshop -n '__kworkshop_at run' -l inputs -x -a '(__fish_complete_path (commandline -ct))' -d 'answers and interrupts that are given first, one input a line (docs/inputs.md); such a run is not kept'
complete -c kworkshop -n '__kworkshop_at run' -l answers -x -d 'play without typing: right, wrong or ID=VALUE, with commas between them; choices are joined by +; such a run is not kept'
complete -c kworkshop -n '__kworkshop_at run' -l question -x -d 'play to this question and stop there; all before it is answered rightly, or as --answers has it'
complete -c kworkshop -n '__kworkshop_at run' -l from-report -x -a '(__fish_complete_suffix .txt)' -d 'open what a student reported with `!`: the run up to the verdict, with the student\'s words'
complete -c kworkshop -n '__kworkshop_at run' -l choose -x -d 'a scheduler exercise with your file: these choices, then yours'
complete -c kworkshop -n '__kworkshop_at run' -l replay -x -d 'an exercise: the run of a failing check, as its line prints it; jitter changes only the times in SCHEDULE'
complete -c kworkshop -n '__kworkshop_at run' -l record -x -a '(__fish_complete_suffix .kwt)' -d 'write a recording, for `play` and `export`'
complete -c kworkshop -n '__kworkshop_at run' -l census -d 'record the engine\'s own state as events too, for checks'
complete -c kworkshop -n '__kworkshop_at run' -l notes -d 'for authors: show what note() of the lesson writes; such a run is not kept'
complete -c kworkshop -n '__kworkshop_at run' -l work -x -a '(__fish_complete_directories)' -d 'the folder of your files; otherwise KWORKSHOP_WORK, the configuration file, or kworkshop-work'
complete -c kworkshop -n '__kworkshop_at run' -l set -x -d 'a setting of a configure exercise; may be given more than once'
complete -c kworkshop -n '__kworkshop_at run' -l plain -d 'lines in and lines out, without control of the terminal; also with TERM=dumb, KWORKSHOP_PLAIN=1, or without a terminal'
complete -c kworkshop -n '__kworkshop_at run' -l color -x -a 'auto always never' -d 'when to use colours; NO_COLOR is obeyed'
complete -c kworkshop -n '__kworkshop_at run' -l theme -x -a 'dark light contrast mono' -d 'the colours'
complete -c kworkshop -n '__kworkshop_at run' -l ascii -d 'draw with ASCII characters only'
complete -c kworkshop -n '__kworkshop_at run' -l no-mouse -d 'leave the mouse to the terminal'
complete -c kworkshop -n '__kworkshop_at run' -l no-animation -d 'show each change at once'
complete -c kworkshop -n '__kworkshop_at run' -l sync-output -d 'enclose each frame in the sequences of synchronized output'
complete -c kworkshop -n '__kworkshop_at run' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at run' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at run 1' -x -a '(__kworkshop_names list)' -d 'a lesson or exercise of the course (`kworkshop list`)'
complete -c kworkshop -n '__kworkshop_at run 1' -x -a '(__fish_complete_suffix .lua)' -d 'a lesson\'s .lua file'
complete -c kworkshop -n '__kworkshop_at run 2 on' -x -a '(__fish_complete_suffix .lua)' -d 'of an exercise: one run of these files, instead of those of the work folder'

complete -c kworkshop -n '__kworkshop_at home 0' -a free -d 'a machine of your own: make items, fire interrupts, take CPUs away'
complete -c kworkshop -n '__kworkshop_at free' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at free' -l seed -x -d 'the schedule: equal seeds give equal runs'
complete -c kworkshop -n '__kworkshop_at free' -l cpus -x -d 'virtual CPUs, instead of 4'
complete -c kworkshop -n '__kworkshop_at free' -l jitter -x -d 'vary burns, interrupts and timers by that share'
complete -c kworkshop -n '__kworkshop_at free' -l inputs -x -a '(__fish_complete_path (commandline -ct))' -d 'acts that are carried out first, one input a line (docs/inputs.md)'
complete -c kworkshop -n '__kworkshop_at free' -l record -x -a '(__fish_complete_suffix .kwt)' -d 'write a recording, for `play` and `export`'
complete -c kworkshop -n '__kworkshop_at free' -l census -d 'record the engine\'s own state as events too, for checks'
complete -c kworkshop -n '__kworkshop_at free' -l plain -d 'lines in and lines out, without control of the terminal; also with TERM=dumb, KWORKSHOP_PLAIN=1, or without a terminal'
complete -c kworkshop -n '__kworkshop_at free' -l color -x -a 'auto always never' -d 'when to use colours; NO_COLOR is obeyed'
complete -c kworkshop -n '__kworkshop_at free' -l theme -x -a 'dark light contrast mono' -d 'the colours'
complete -c kworkshop -n '__kworkshop_at free' -l ascii -d 'draw with ASCII characters only'
complete -c kworkshop -n '__kworkshop_at free' -l no-mouse -d 'leave the mouse to the terminal'
complete -c kworkshop -n '__kworkshop_at free' -l no-animation -d 'show each change at once'
complete -c kworkshop -n '__kworkshop_at free' -l sync-output -d 'enclose each frame in the sequences of synchronized output'
complete -c kworkshop -n '__kworkshop_at free' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at free' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'

complete -c kworkshop -n '__kworkshop_at home 0' -a play -d 'show a recording'
complete -c kworkshop -n '__kworkshop_at play' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at play' -l plain -d 'lines in and lines out, without control of the terminal; also with TERM=dumb, KWORKSHOP_PLAIN=1, or without a terminal'
complete -c kworkshop -n '__kworkshop_at play' -l color -x -a 'auto always never' -d 'when to use colours; NO_COLOR is obeyed'
complete -c kworkshop -n '__kworkshop_at play' -l theme -x -a 'dark light contrast mono' -d 'the colours'
complete -c kworkshop -n '__kworkshop_at play' -l ascii -d 'draw with ASCII characters only'
complete -c kworkshop -n '__kworkshop_at play' -l no-mouse -d 'leave the mouse to the terminal'
complete -c kworkshop -n '__kworkshop_at play' -l no-animation -d 'show each change at once'
complete -c kworkshop -n '__kworkshop_at play' -l sync-output -d 'enclose each frame in the sequences of synchronized output'
complete -c kworkshop -n '__kworkshop_at play' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at play' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at play 1 on' -x -a '(__fish_complete_suffix .kwt)' -d 'a recording, as `run --record` writes it'

complete -c kworkshop -n '__kworkshop_at home 0' -a practise -d 'ask the questions again that you missed and that are due today'
complete -c kworkshop -n '__kworkshop_at practise' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at practise' -l date -x -d 'the day that counts as today, such as 2026-12-05: to see what is due then'
complete -c kworkshop -n '__kworkshop_at practise' -l student -x -d 'the student\'s id; otherwise KWORKSHOP_ID, then the configuration file'
complete -c kworkshop -n '__kworkshop_at practise' -l plain -d 'lines in and lines out, without control of the terminal; also with TERM=dumb, KWORKSHOP_PLAIN=1, or without a terminal'
complete -c kworkshop -n '__kworkshop_at practise' -l color -x -a 'auto always never' -d 'when to use colours; NO_COLOR is obeyed'
complete -c kworkshop -n '__kworkshop_at practise' -l theme -x -a 'dark light contrast mono' -d 'the colours'
complete -c kworkshop -n '__kworkshop_at practise' -l ascii -d 'draw with ASCII characters only'
complete -c kworkshop -n '__kworkshop_at practise' -l no-mouse -d 'leave the mouse to the terminal'
complete -c kworkshop -n '__kworkshop_at practise' -l no-animation -d 'show each change at once'
complete -c kworkshop -n '__kworkshop_at practise' -l sync-output -d 'enclose each frame in the sequences of synchronized output'
complete -c kworkshop -n '__kworkshop_at practise' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at practise' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'

complete -c kworkshop -n '__kworkshop_at home 0' -a list -d 'the lessons and exercises by part, with your progress'
complete -c kworkshop -n '__kworkshop_at list' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at list' -l json -d 'print JSON, for other programs'
complete -c kworkshop -n '__kworkshop_at list' -l names -d 'print only the lessons\' names, one a line'
complete -c kworkshop -n '__kworkshop_at list' -l plan -d 'the plans of the course instead: labs with their lessons, exercises and minutes'
complete -c kworkshop -n '__kworkshop_at list' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at list' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'

complete -c kworkshop -n '__kworkshop_at home 0' -a export -d 'print a recording for other programs: text, JSON, ftrace, a picture'
complete -c kworkshop -n '__kworkshop_at export' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at export' -l to -x -a 'text ndjson ftrace svg' -d 'the format'
complete -c kworkshop -n '__kworkshop_at export' -l at -x -d 'svg: the screen at this time instead of the end'
complete -c kworkshop -n '__kworkshop_at export' -l width -x -d 'svg: of the screen'
complete -c kworkshop -n '__kworkshop_at export' -l height -x -d 'svg: of the screen'
complete -c kworkshop -n '__kworkshop_at export' -l theme -x -a 'dark light contrast mono' -d 'svg: the colours'
complete -c kworkshop -n '__kworkshop_at export' -l ascii -d 'svg: draw with ASCII characters only'
complete -c kworkshop -n '__kworkshop_at export' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at export 1 on' -x -a '(__fish_complete_suffix .kwt)' -d 'a recording, as `run --record` writes it'

complete -c kworkshop -n '__kworkshop_at home 0' -a inspect -d 'print a recorded machine in the tables of the kernel\'s own tools'
complete -c kworkshop -n '__kworkshop_at inspect' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at inspect' -l at -x -d 'the state at this time instead of the end'
complete -c kworkshop -n '__kworkshop_at inspect' -l interval -x -d 'the table again and again, in virtual seconds'
complete -c kworkshop -n '__kworkshop_at inspect' -l json -d 'wq_monitor: one JSON object a line, with the keys of wq_monitor.py'
complete -c kworkshop -n '__kworkshop_at inspect' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at inspect 1' -x -a '(__fish_complete_suffix .kwt)' -d 'a recording, as `run --record` writes it'
complete -c kworkshop -n '__kworkshop_at inspect 2' -x -a wq_monitor -d 'a row for each workqueue, as tools/workqueue/wq_monitor.py prints it; with REGEX only the matching ones'
complete -c kworkshop -n '__kworkshop_at inspect 2' -x -a wq_dump -d 'affinity scopes, pools, the pools of each workqueue, rescuers, limits of each node'
complete -c kworkshop -n '__kworkshop_at inspect 2' -x -a ps -d 'kernel threads, as ps -e -o pid,psr,ni,stat,comm prints them'
complete -c kworkshop -n '__kworkshop_at inspect 2' -x -a sysfs -d 'the files of workqueues with WQ_SYSFS, as grep . prints them'

complete -c kworkshop -n '__kworkshop_at home 0' -a conform -d 'compare scenarios with the facts of a real kernel'
complete -c kworkshop -n '__kworkshop_at conform' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at conform' -l seeds -x -d 'the number of seeds'
complete -c kworkshop -n '__kworkshop_at conform' -l seed -x -d 'the first seed'
complete -c kworkshop -n '__kworkshop_at conform' -l jobs -x -d 'parallel processes; one for each CPU if not given'
complete -c kworkshop -n '__kworkshop_at conform' -l soft -d 'list the soft facts that differ, with the number of runs'
complete -c kworkshop -n '__kworkshop_at conform' -l census -d 'also compare the model with the engine\'s own state'
complete -c kworkshop -n '__kworkshop_at conform' -l print -d 'print the facts of the run; a file without facts does so anyway'
complete -c kworkshop -n '__kworkshop_at conform' -l record -x -a '(__fish_complete_suffix .kwt)' -d 'write a recording of the run, for `play`'
complete -c kworkshop -n '__kworkshop_at conform' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at conform 1 on' -x -a '(__fish_complete_suffix .kws)' -d 'a scenario (docs/conform.md); its facts are in FILE.facts'

complete -c kworkshop -n '__kworkshop_at home 0' -a explore -d 'run a lesson, scenario or C test under many schedules'
complete -c kworkshop -n '__kworkshop_at explore' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at explore' -l strategy -x -a 'random pct dfs' -d 'how schedules are chosen; all in turns for several files (docs/explore.md)'
complete -c kworkshop -n '__kworkshop_at explore' -l runs -x -d 'the largest number of runs'
complete -c kworkshop -n '__kworkshop_at explore' -l depth -x -d 'pct: priorities with D - 1 changes; dfs: sets of at most D deviations'
complete -c kworkshop -n '__kworkshop_at explore' -l jitter -x -d 'vary burns, sleeps, interrupts and timers by that share; scenarios use 0.9 if it is not given, in runs whose facts are not compared'
complete -c kworkshop -n '__kworkshop_at explore' -l seed -x -d 'the first seed'
complete -c kworkshop -n '__kworkshop_at explore' -l variant -x -d 'which numbers a lesson uses'
complete -c kworkshop -n '__kworkshop_at explore' -l jobs -x -d 'parallel processes; one for each CPU if not given'
complete -c kworkshop -n '__kworkshop_at explore' -l window -x -d 'at a shared step, tasks that act within this time may go first'
complete -c kworkshop -n '__kworkshop_at explore' -l max-delay -x -d 'at a few steps, tasks that act within this time may go first, and measured facts are not compared; 100 if not given, for lessons 0'
complete -c kworkshop -n '__kworkshop_at explore' -l cpus -x -d 'virtual CPUs of a lesson or C test'
complete -c kworkshop -n '__kworkshop_at explore' -l census -d 'also compare the model with the engine\'s own state'
complete -c kworkshop -n '__kworkshop_at explore' -l all -d 'continue after a failure and report one of each kind'
complete -c kworkshop -n '__kworkshop_at explore' -l replay -x -d 'one schedule, as a failure prints it'
complete -c kworkshop -n '__kworkshop_at explore' -l known-deviations -x -a '(__fish_complete_path (commandline -ct))' -d 'facts that some schedules may break, with the reasons; counted, not failures'
complete -c kworkshop -n '__kworkshop_at explore' -l save -x -a '(__fish_complete_suffix .kwt)' -d 'write a recording of the failing or replayed run, for `play`'
complete -c kworkshop -n '__kworkshop_at explore' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at explore 1 on' -x -a '(__fish_complete_suffix .lua; __fish_complete_suffix .kws; __fish_complete_suffix .c; __fish_complete_suffix .so)' -d 'a lesson (.lua), a scenario (.kws) or a C test (.c, .so); several files share the runs'

complete -c kworkshop -n '__kworkshop_at home 0' -a test -d 'run the checks of an exercise on your files'
complete -c kworkshop -n '__kworkshop_at test' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at test' -l variant -x -d 'which numbers the exercise uses; computed from the student\'s id if not given'
complete -c kworkshop -n '__kworkshop_at test' -l student -x -d 'the student\'s id; otherwise KWORKSHOP_ID, then the configuration file'
complete -c kworkshop -n '__kworkshop_at test' -l work -x -a '(__fish_complete_directories)' -d 'the folder of your files; otherwise KWORKSHOP_WORK, the configuration file, or kworkshop-work'
complete -c kworkshop -n '__kworkshop_at test' -l set -x -d 'a setting of a configure exercise; may be given more than once'
complete -c kworkshop -n '__kworkshop_at test' -l hidden -x -a '(__fish_complete_suffix .lua)' -d 'checks of an instructor: a file with hidden_checks { ... }'
complete -c kworkshop -n '__kworkshop_at test' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at test' -l seed -x -d 'the first schedule of each check'
complete -c kworkshop -n '__kworkshop_at test' -l jitter -x -d 'vary burns, interrupts, timers and the times of the scene by that share, instead of as each check has it'
complete -c kworkshop -n '__kworkshop_at test' -l schedules -x -d 'run at most N schedules for each check'
complete -c kworkshop -n '__kworkshop_at test' -l jobs -x -d 'processes that run schedules'
complete -c kworkshop -n '__kworkshop_at test' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at test 1' -x -a '(__fish_complete_directories)' -d 'a name of `kworkshop list`, or a folder with an exercise.lua'
complete -c kworkshop -n '__kworkshop_at test 2 on' -x -a '(__fish_complete_suffix .lua)' -d 'your files; otherwise those of the work folder, or the starter\'s where you have none'

complete -c kworkshop -n '__kworkshop_at home 0' -a restart -d 'begin an exercise again: its starter files, or its questions'
complete -c kworkshop -n '__kworkshop_at restart' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at restart' -l work -x -a '(__fish_complete_directories)' -d 'the folder of your files; otherwise KWORKSHOP_WORK, the configuration file, or kworkshop-work'
complete -c kworkshop -n '__kworkshop_at restart' -l student -x -d 'the student\'s id; otherwise KWORKSHOP_ID, then the configuration file'
complete -c kworkshop -n '__kworkshop_at restart' -l plain -d 'lines in and lines out, without control of the terminal; also with TERM=dumb, KWORKSHOP_PLAIN=1, or without a terminal'
complete -c kworkshop -n '__kworkshop_at restart' -l color -x -a 'auto always never' -d 'when to use colours; NO_COLOR is obeyed'
complete -c kworkshop -n '__kworkshop_at restart' -l theme -x -a 'dark light contrast mono' -d 'the colours'
complete -c kworkshop -n '__kworkshop_at restart' -l ascii -d 'draw with ASCII characters only'
complete -c kworkshop -n '__kworkshop_at restart' -l no-mouse -d 'leave the mouse to the terminal'
complete -c kworkshop -n '__kworkshop_at restart' -l no-animation -d 'show each change at once'
complete -c kworkshop -n '__kworkshop_at restart' -l sync-output -d 'enclose each frame in the sequences of synchronized output'
complete -c kworkshop -n '__kworkshop_at restart' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at restart' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at restart 1 on' -x -a '(__fish_complete_directories)' -d 'a name of `kworkshop list`, or a folder with an exercise.lua'

complete -c kworkshop -n '__kworkshop_at home 0' -a history -d 'the versions of your files of an exercise'
complete -c kworkshop -n '__kworkshop_at history' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at history' -l back -d 'bring version N back; the present files become a version themselves'
complete -c kworkshop -n '__kworkshop_at history' -l work -x -a '(__fish_complete_directories)' -d 'the folder of your files; otherwise KWORKSHOP_WORK, the configuration file, or kworkshop-work'
complete -c kworkshop -n '__kworkshop_at history' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at history' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at history 1' -x -a '(__fish_complete_directories)' -d 'a name of `kworkshop list`, or a folder with an exercise.lua'

complete -c kworkshop -n '__kworkshop_at home 0' -a submit -d 'write a hand-in of your exercises, or grade it here'
complete -c kworkshop -n '__kworkshop_at submit' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at submit' -l variant -x -d 'which numbers the exercise uses; computed from the student\'s id if not given'
complete -c kworkshop -n '__kworkshop_at submit' -l student -x -d 'the student\'s id; otherwise KWORKSHOP_ID, then the configuration file'
complete -c kworkshop -n '__kworkshop_at submit' -l work -x -a '(__fish_complete_directories)' -d 'the folder of your files; otherwise KWORKSHOP_WORK, the configuration file, or kworkshop-work'
complete -c kworkshop -n '__kworkshop_at submit' -l set -x -d 'a setting of a configure exercise; may be given more than once'
complete -c kworkshop -n '__kworkshop_at submit' -l hidden -x -a '(__fish_complete_suffix .lua)' -d 'checks of an instructor: a file with hidden_checks { ... }'
complete -c kworkshop -n '__kworkshop_at submit' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at submit' -l all -d 'every exercise of the course that has files or answers'
complete -c kworkshop -n '__kworkshop_at submit' -l check -d 'write nothing: grade the hand-in here, with the visible checks'
complete -c kworkshop -n '__kworkshop_at submit' -l output -x -a '(__fish_complete_suffix .kwh)' -d 'the hand-in\'s name, - is standard output; otherwise COURSE-ID.kwh'
complete -c kworkshop -n '__kworkshop_at submit' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at submit 1 on' -x -a '(__fish_complete_directories)' -d 'names of exercises; --all takes those that were begun'

complete -c kworkshop -n '__kworkshop_at home 0' -a grade -d 'grade one hand-in by running it again'
complete -c kworkshop -n '__kworkshop_at grade' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at grade' -l student -x -d 'the id that decides about the variant, as a roster has it; otherwise that of the hand-in'
complete -c kworkshop -n '__kworkshop_at grade' -l hidden -x -a '(__fish_complete_suffix .lua)' -d 'checks of an instructor: a file with hidden_checks { ... }'
complete -c kworkshop -n '__kworkshop_at grade' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at grade' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at grade 1 on' -x -a '(__fish_complete_suffix .kwh)' -d 'a hand-in, as `kworkshop submit` writes it; - is standard input'

complete -c kworkshop -n '__kworkshop_at home 0' -a check -d 'play lessons and exercises in every variant, and list faults'
complete -c kworkshop -n '__kworkshop_at check' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at check' -l question -x -d 'report on this question only'
complete -c kworkshop -n '__kworkshop_at check' -l preview -x -d 'show this question of one lesson in 8 variants, or --variants, with answer and evidence'
complete -c kworkshop -n '__kworkshop_at check' -l variants -x -d 'the number of variants; if not given, 200, or 50 of an exercise with files or settings'
complete -c kworkshop -n '__kworkshop_at check' -l seeds -x -d 'the number of seeds of two variants; if not given, 100, or 5 of an exercise with files or settings'
complete -c kworkshop -n '__kworkshop_at check' -l jitter -x -d 'vary burns, interrupts and timers by that share in as many runs again; 0 for none'
complete -c kworkshop -n '__kworkshop_at check' -l fast -d 'one seed and five variants, for each save'
complete -c kworkshop -n '__kworkshop_at check' -l format -x -a 'text json tap junit' -d 'the form of the output'
complete -c kworkshop -n '__kworkshop_at check' -l strict -d 'exit status 1 for warnings'
complete -c kworkshop -n '__kworkshop_at check' -l jobs -x -d 'the number of worker processes; one for each CPU if not given'
complete -c kworkshop -n '__kworkshop_at check' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at check' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at check 1 on' -x -a '(__kworkshop_names list)' -d 'a lesson of the course (`kworkshop list`); without an argument all of them'
complete -c kworkshop -n '__kworkshop_at check 1 on' -x -a '(__fish_complete_suffix .lua)' -d 'a lesson\'s .lua file'
complete -c kworkshop -n '__kworkshop_at check 1 on' -x -a '(__fish_complete_directories)' -d 'a folder of lessons or exercises, or of one exercise'

complete -c kworkshop -n '__kworkshop_at home 0' -a watch -d 'check a lesson or exercise at each save, and show a question'
complete -c kworkshop -n '__kworkshop_at watch' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at watch' -l question -x -d 'begin at this question; at the first one if not given'
complete -c kworkshop -n '__kworkshop_at watch' -l variant -x -d 'show the question in this variant'
complete -c kworkshop -n '__kworkshop_at watch' -l seed -x -d 'the schedule of the run that is shown'
complete -c kworkshop -n '__kworkshop_at watch' -l plain -d 'lines in and lines out, without control of the terminal; also with TERM=dumb, KWORKSHOP_PLAIN=1, or without a terminal'
complete -c kworkshop -n '__kworkshop_at watch' -l color -x -a 'auto always never' -d 'when to use colours; NO_COLOR is obeyed'
complete -c kworkshop -n '__kworkshop_at watch' -l theme -x -a 'dark light contrast mono' -d 'the colours'
complete -c kworkshop -n '__kworkshop_at watch' -l ascii -d 'draw with ASCII characters only'
complete -c kworkshop -n '__kworkshop_at watch' -l no-mouse -d 'leave the mouse to the terminal'
complete -c kworkshop -n '__kworkshop_at watch' -l no-animation -d 'show each change at once'
complete -c kworkshop -n '__kworkshop_at watch' -l sync-output -d 'enclose each frame in the sequences of synchronized output'
complete -c kworkshop -n '__kworkshop_at watch' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at watch' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at watch 1 on' -x -a '(__kworkshop_names list)' -d 'a lesson or exercise of the course (`kworkshop list`)'
complete -c kworkshop -n '__kworkshop_at watch 1 on' -x -a '(__fish_complete_suffix .lua)' -d 'a lesson\'s .lua file, or the folder of an exercise'

complete -c kworkshop -n '__kworkshop_at home 0' -a new -d 'write a lesson or an exercise to begin with'
complete -c kworkshop -n '__kworkshop_at new' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at new' -l kind -x -a 'repair configure predict observe dump' -d 'the kind of exercise'
complete -c kworkshop -n '__kworkshop_at new' -l from -x -d 'a copy of this lesson or exercise to begin with: a name of the course in use, a file or a folder'
complete -c kworkshop -n '__kworkshop_at new' -l course -x -a '(__fish_complete_directories)' -d 'write into DIR/lessons or DIR/exercises; the current folder if not given'
complete -c kworkshop -n '__kworkshop_at new' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at new 1' -x -a lesson -d 'a lesson, entered in lessons/course.lua'
complete -c kworkshop -n '__kworkshop_at new 1' -x -a exercise -d 'the folder of an exercise'

complete -c kworkshop -n '__kworkshop_at home 0' -a progress -d 'show, export, import or delete your progress'
complete -c kworkshop -n '__kworkshop_at progress' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at progress' -l yes -d 'erase: do not ask'
complete -c kworkshop -n '__kworkshop_at progress' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at progress 1' -x -a show -d 'attempts, answers, what was practised, and bookmarks'
complete -c kworkshop -n '__kworkshop_at progress 1' -x -a export -d 'everything as JSON: into FILE, or to standard output without it'
complete -c kworkshop -n '__kworkshop_at progress 1' -x -a import -d 'add what FILE holds; nothing is overwritten; - is standard input'
complete -c kworkshop -n '__kworkshop_at progress 1' -x -a reset -d 'delete the progress of LESSON'
complete -c kworkshop -n '__kworkshop_at progress 1' -x -a erase -d 'delete everything; asks first'
complete -c kworkshop -n '__kworkshop_at progress 2 on' -x -a '(__fish_complete_suffix .json)'
complete -c kworkshop -n '__kworkshop_at progress 2 on' -x -a '(__kworkshop_names list)'

complete -c kworkshop -n '__kworkshop_at home 0' -a review -d 'write your review book: questions, answers, reasons, lanes, notes'
complete -c kworkshop -n '__kworkshop_at review' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at review' -l format -x -a 'md html' -d 'the format of the book'
complete -c kworkshop -n '__kworkshop_at review' -l output -x -a '(__fish_complete_suffix .md; __fish_complete_suffix .html)' -d 'the book\'s file, - is standard output'
complete -c kworkshop -n '__kworkshop_at review' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at review' -l student -x -d 'the student\'s id; otherwise KWORKSHOP_ID, then the configuration file'
complete -c kworkshop -n '__kworkshop_at review' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at review 1 on' -x -a '(__kworkshop_names list)' -d 'names of lessons, or of exercises that ask questions; without one, all that have an answer or a bookmark'

complete -c kworkshop -n '__kworkshop_at home 0' -a doctor -d 'check what this computer offers to lessons'
complete -c kworkshop -n '__kworkshop_at doctor' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at doctor' -l json -d 'print JSON, for other programs'
complete -c kworkshop -n '__kworkshop_at doctor' -l course -x -a '(__fish_complete_directories)' -d 'read the lessons from DIR/lessons and the exercises from DIR/exercises'
complete -c kworkshop -n '__kworkshop_at doctor' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'

complete -c kworkshop -n '__kworkshop_at home 0' -a help -d 'explain a word, a rule, a function, a key or a command'
complete -c kworkshop -n '__kworkshop_at help' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at help' -l names -d 'print only the names, one a line'
complete -c kworkshop -n '__kworkshop_at help' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at help 1 on' -x -a '(__kworkshop_names help)' -d 'a word of the glossary, a rule (R4.3), an erratum (E1.20), a point of the checklist (L7), a function or constant of lessons, an event, a setting, a key, a command or one of its options; without it, the list of all'

complete -c kworkshop -n '__kworkshop_at home 0' -a version -d 'version, kernel profile, event table'
complete -c kworkshop -n '__kworkshop_at version' -l help -d 'print the options of this command'
complete -c kworkshop -n '__kworkshop_at version' -l lang -x -d 'the language of the texts, such as uk, or the path of a translation; otherwise the configuration file\'s, then the locale\'s'
complete -c kworkshop -n '__kworkshop_at home 0' -l version -d 'print the version'
