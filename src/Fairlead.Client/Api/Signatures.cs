using System.Text.Json;

namespace Fairlead.Client.Api;

/// <summary>Stores a signature of a version, which is verified first.</summary>
public sealed record PutSignatureRequest
{
    /// <summary>The Sigstore bundle 0.3 of a model signature 1.0.</summary>
    public required JsonElement Bundle { get; init; }

    /// <summary>The public key that verifies it, as PEM.</summary>
    public required string PublicKey { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>A signature of a version.</summary>
public sealed record SignatureInfo
{
    /// <summary>SHA-256 of the public key's PEM text, by which bundles name a key.</summary>
    public string KeyHint { get; set; } = "";

    /// <summary>The public key that verified it, as PEM.</summary>
    public string PublicKey { get; set; } = "";

    /// <summary>The bundle, as it came.</summary>
    public JsonElement Bundle { get; set; }

    public string Who { get; set; } = "";

    public DateTimeOffset When { get; init; }
}

/// <summary>The signature that every version of an endpoint must have.</summary>
public sealed record SignatureDemand
{
    /// <summary>Public keys, as PEM, of which one must have signed; 1 to 20.</summary>
    public required IReadOnlyList<string> TrustedKeys { get; init; }
}
