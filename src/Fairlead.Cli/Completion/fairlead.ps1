# PowerShell completion for fairlead; load it with: fairlead completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName fairlead -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $text = $commandAst.ToString()
    $name = $commandAst.CommandElements[0].ToString()
    $line = $text.PadRight($cursorPosition).Substring([Math]::Min($name.Length + 1, $cursorPosition))
    & $name "[suggest:$($line.Length)]" $line 2>$null | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
