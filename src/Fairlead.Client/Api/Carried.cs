using System.Text.Json;

namespace Fairlead.Client.Api;

/// <summary>
/// Everything that is known of a version, to be carried to another environment. Its files go apart, by digest; this
/// says the rest, and by which digest both environments know that it is the same version.
/// </summary>
public sealed record CarriedVersion
{
    /// <summary>The form that this program writes.</summary>
    public const int PresentForm = 1;

    public int Form { get; set; } = PresentForm;

    public required string Model { get; init; }

    /// <summary>Its number where it comes from.</summary>
    public required int Number { get; init; }

    /// <summary>SHA-256 of its manifest: files, entry and signature.</summary>
    public required string Digest { get; init; }

    public IReadOnlyList<VersionFile> Files { get; set; } = [];

    /// <summary>Path of the model file; empty for one that cannot be served.</summary>
    public string Entry { get; set; } = "";

    public string Description { get; set; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, double> Metrics { get; set; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>();

    public VersionLineage Lineage { get; set; } = new();

    public string CreatedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What else is known of it, by what it is: evaluations, promotions, signatures.</summary>
    public IReadOnlyDictionary<string, JsonElement> Evidence { get; set; } = new Dictionary<string, JsonElement>();
}

/// <summary>Brings a version whose files are there already.</summary>
public sealed record CarryRequest
{
    public required CarriedVersion Version { get; init; }

    /// <summary>The environment that it comes from, in words.</summary>
    public string From { get; set; } = "";

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>Where a carried version arrived.</summary>
public sealed record CarriedInfo
{
    public required string Model { get; init; }

    /// <summary>Its number here.</summary>
    public required int Number { get; init; }

    public required string Digest { get; init; }

    /// <summary>It was here before, and nothing was done.</summary>
    public bool WasKnown { get; init; }

    /// <summary>Where it came from; empty for a version that was registered here.</summary>
    public string From { get; set; } = "";

    /// <summary>Its number there; null for a version that was registered here.</summary>
    public int? FromNumber { get; init; }

    public DateTimeOffset? CarriedAt { get; init; }

    public string? CarriedBy { get; init; }

    /// <summary>As it came; null for a version that was registered here, and in the answer to the carrying.</summary>
    public CarriedVersion? Version { get; init; }
}
