using System.Collections.Immutable;
using Fairlead.Core.Lineage;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Endpoints;

/// <summary>Every version of the endpoint must be signed by one of these keys.</summary>
/// <param name="TrustedKeys">Public keys, as PEM.</param>
public sealed record SignatureRule(ImmutableArray<string> TrustedKeys)
{
    /// <summary>Most keys of an endpoint.</summary>
    public const int MaxKeys = 20;

    /// <summary>Finds the faults of a rule.</summary>
    public static IEnumerable<Refusal> Check(SignatureRule rule)
    {
        if (rule.TrustedKeys.Length is < 1 or > MaxKeys)
        {
            yield return new Refusal(RefusalKind.Invalid, "invalid_signature_rule",
                $"An endpoint trusts 1 to {MaxKeys} keys.")
            { Field = "signature.trustedKeys" };
            yield break;
        }

        for (var i = 0; i < rule.TrustedKeys.Length; i++)
        {
            using var key = ModelSignature.ReadPublicKey(rule.TrustedKeys[i]);
            if (key is null)
            {
                yield return new Refusal(RefusalKind.Invalid, "invalid_key",
                    "A trusted key is the PEM text of a public key over P-256, P-384 or P-521.")
                { Field = $"signature.trustedKeys[{i}]" };
            }
        }
    }

    public bool Equals(SignatureRule? other) => other is not null && TrustedKeys.SequenceEqual(other.TrustedKeys);

    public override int GetHashCode() => TrustedKeys.Length;
}
