# fish completion for fairlead; load it with: fairlead completion fish | source
function __fairlead_complete
    set -l words (commandline -opc)
    set -l line (string join ' ' -- $words[2..-1] (commandline -ct))
    set -l found ($words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null | string match -- '?*')
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c fairlead -f -a '(__fairlead_complete)'
