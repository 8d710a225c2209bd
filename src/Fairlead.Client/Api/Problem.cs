using System.Text.Json;

namespace Fairlead.Client.Api;

/// <summary>An error answer: problem details of RFC 9457, with the members that Fairlead adds.</summary>
public sealed record Problem
{
    public string? Type { get; init; }

    public string? Title { get; init; }

    public int Status { get; init; }

    /// <summary>What went wrong, where and what to do, in a sentence.</summary>
    public string? Detail { get; init; }

    public string? Instance { get; init; }

    /// <summary>Stable name of the error; programs decide by it.</summary>
    public string Code { get; set; } = "unknown";

    /// <summary>
    /// Where the fault lies in the document that was sent (<c>variants[1].weight</c>), if it lies in one.
    /// </summary>
    public string? Field { get; init; }

    /// <summary>For a conflict: what was found in place of the expected value.</summary>
    public JsonElement? Present { get; init; }

    /// <summary>Every fault that was found; the first is repeated in the members above.</summary>
    public IReadOnlyList<ProblemError> Errors { get; set; } = [];
}

/// <summary>One fault of several.</summary>
public sealed record ProblemError(string Code, string Detail, string? Field = null);
