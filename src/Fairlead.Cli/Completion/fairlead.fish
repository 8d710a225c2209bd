# fish completion for fairlead; load it with: fairlead completion fish | source
function __fairlead_complete
    set -l words (commandline -opc)
    set -l line (string join ' ' -- $words[2..-1] (commandline -ct))
    $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
end
complete -c fairlead -a '(__fairlead_complete)'
