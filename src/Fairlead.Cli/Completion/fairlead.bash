# bash completion for fairlead; load it with: source <(fairlead completion bash)
_fairlead() {
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT} IFS=$'\n'
    # The program completes its own command line up to the cursor, without its name.
    line=${line#"$program"}
    line=${line# }
    COMPREPLY=($(compgen -W "$("$program" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
}
complete -o bashdefault -o default -F _fairlead fairlead ./fairlead
