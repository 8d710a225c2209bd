using System.CommandLine;

namespace Fairlead.Cli;

/// <summary>The options that every verb takes.</summary>
internal static class GlobalOptions
{
    public const string DefaultServer = "http://127.0.0.1:8080";
    public const string ServerVariable = "FAIRLEAD_URL";
    public const string KeyVariable = "FAIRLEAD_KEY";
    public const string AuthorityVariable = "FAIRLEAD_CA";

    public static Option<string?> Server { get; } = new("--server")
    {
        Description = $"Address of the server [env: {ServerVariable}; default: {DefaultServer}]",
        HelpName = "url",
        Recursive = true,
    };

    public static Option<string?> Key { get; } = new("--key")
    {
        Description = $"API key; better given by the environment, where nobody sees it [env: {KeyVariable}]",
        HelpName = "key",
        Recursive = true,
    };

    public static Option<string?> Authority { get; } = new("--ca")
    {
        Description = $"PEM file of the authority that signs the server's certificate [env: {AuthorityVariable}]",
        HelpName = "file",
        Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON document for programs instead of text for people",
        Recursive = true,
    };
}
