using Fairlead.Client.Api;
using Fairlead.Core.Refusals;

namespace Fairlead.Server.Records.Query;

/// <summary>What a child process is asked; it reads it as JSON from its standard input.</summary>
internal sealed record Question
{
    /// <summary>The folder that it may read, and write before it answers: its tables are links there.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes that the database engine may take.</summary>
    public long EngineBytes { get; init; }

    /// <summary>Threads of the engine.</summary>
    public int Threads { get; init; }

    /// <summary>The endpoints, each a view.</summary>
    public required IReadOnlyList<AskedEndpoint> Endpoints { get; init; }

    /// <summary>Files of the append log that hold the newest records.</summary>
    public required IReadOnlyList<string> Fresh { get; init; }

    /// <summary>Who is left out.</summary>
    public required IReadOnlyList<ForgottenSubject> Forgotten { get; init; }

    /// <summary>The SELECT to answer; null for an export.</summary>
    public string? Sql { get; init; }

    /// <summary>Most rows of the answer.</summary>
    public int MaxRows { get; init; }

    /// <summary>Most bytes of the answer.</summary>
    public int MaxBytes { get; init; }

    /// <summary>What to export; null for a question.</summary>
    public AskedExport? Export { get; init; }
}

/// <summary>One endpoint of a question.</summary>
/// <param name="Number">Its permanent number.</param>
/// <param name="Name">The name of the view.</param>
/// <param name="Tables">Names of its tables in the folder.</param>
internal sealed record AskedEndpoint(int Number, string Name, IReadOnlyList<string> Tables);

/// <summary>A file to write.</summary>
/// <param name="Format">csv, parquet or jsonl.</param>
/// <param name="File">Its name in the folder.</param>
/// <param name="From">The first moment.</param>
/// <param name="To">The moment after the last.</param>
internal sealed record AskedExport(string Format, string File, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>Says whether a question may be asked.</summary>
internal static class QueryRules
{
    /// <summary>Most characters of a statement.</summary>
    public const int MaxSql = 100_000;

    /// <summary>Most rows of an answer.</summary>
    public const int MaxRows = 100_000;

    /// <summary>Longest time to an answer.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Throws <see cref="RefusalException"/> with every fault.</summary>
    public static void ThrowIfUnfit(QueryPredictionsRequest request)
    {
        var faults = new List<Refusal>();
        if (request.Sql.Length is 0 or > MaxSql)
            faults.Add(Fault("invalid_sql", "sql", $"A statement is not empty and has at most {MaxSql} characters."));
        if (request.MaxRows is < 1 or > MaxRows)
            faults.Add(Fault("invalid_rows", "maxRows", $"maxRows is 1 to {MaxRows}."));
        if (request.Timeout < TimeSpan.FromSeconds(1) || request.Timeout > LongestTimeout)
            faults.Add(Fault("invalid_timeout", "timeout", "timeout is 1s to 5m."));
        if (faults.Count > 0)
            throw new RefusalException(faults);
    }

    private static Refusal Fault(string code, string field, string message) =>
        new(RefusalKind.Invalid, code, message) { Field = field };
}
