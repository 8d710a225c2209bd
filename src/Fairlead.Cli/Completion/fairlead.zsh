#compdef fairlead
# zsh completion for fairlead; load it with: source <(fairlead completion zsh)
_fairlead() {
    local program=${words[1]} line=${(j: :)words[2,CURRENT]}
    local -a found
    found=("${(@f)$("$program" "[suggest:${#line}]" "$line" 2>/dev/null)}")
    if (( ${#${(M)found:#?*}} )); then
        compadd -a found
    else
        _files
    fi
}
compdef _fairlead fairlead
