using System.CommandLine;

namespace Fairlead.Cli.Verbs.Serving;

/// <summary>Where a server keeps its data, for the verbs that open it; the environment can say so as well.</summary>
internal sealed class StorageOptions
{
    private const string DefaultData = ".fairlead";
    private const string DataVariable = "FAIRLEAD_DATA";
    private const string PostgresVariable = "FAIRLEAD_POSTGRES";

    public Option<string?> Data { get; } = Setting(
        "--data", "folder", "The server's folder", DataVariable, DefaultData);

    public Option<string?> Postgres { get; } = Setting(
        "--postgres", "connection", "A PostgreSQL database", PostgresVariable, "SQLite below --data");

    public string Folder(Call call) => Given(call, Data, DataVariable) ?? DefaultData;

    public string? Connection(Call call) => Given(call, Postgres, PostgresVariable);

    /// <summary>An option that the environment can give as well.</summary>
    public static Option<string?> Setting(string name, string value, string what, string variable, string standard) =>
        Options.Of<string?>(name, value, $"{what} [{variable}, default: {standard}]");

    /// <summary>What the command line says, else the environment; null when neither does.</summary>
    public static string? Given(Call call, Option<string?> option, string variable) =>
        call.Value(option) ?? (call.Terminal.Environment(variable) is { Length: > 0 } set ? set : null);
}
