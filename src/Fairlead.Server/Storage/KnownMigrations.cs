namespace Fairlead.Server.Storage;

/// <summary>
/// The migrations of each database, in order. A start compares them with what the tables say; to ask their types for
/// them would load every type of the program.
/// </summary>
internal static class KnownMigrations
{
    public static readonly IReadOnlyList<string> Sqlite = ["20261126150800_Initial"];

    public static readonly IReadOnlyList<string> Postgres = ["20261126150819_Initial"];
}
