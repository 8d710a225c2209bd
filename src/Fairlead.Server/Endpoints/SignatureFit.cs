using Fairlead.Core.Endpoints;
using Fairlead.Core.Lineage;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Lineage;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary>Whether the versions of an endpoint are signed by the keys that it trusts.</summary>
internal static class SignatureFit
{
    /// <summary>Refuses an endpoint that demands a signature which one of its versions does not have.</summary>
    public static Task ThrowIfUnfitAsync(WriteScope write, EndpointSpec spec) => ThrowIfUnsignedAsync(
        write, spec, spec.Arms.Select(arm => arm.Version).OfType<VersionId>(), "variants");

    /// <summary>Refuses versions that an endpoint may not serve for want of a valid signature.</summary>
    /// <param name="field">Where they are named.</param>
    public static async Task ThrowIfUnsignedAsync(
        WriteScope write, EndpointSpec spec, IEnumerable<VersionId> versions, string field)
    {
        if (spec.Signature is not { } rule)
            return;
        foreach (var version in versions.Distinct())
        {
            if (await WhyNotAsync(write.Db, rule, version, write.Cancellation) is { } why)
            {
                throw new RefusalException(new Refusal(RefusalKind.Invalid, "signature_required",
                    $"The endpoint '{spec.Name}' serves only versions that a key which it trusts has signed, and {why} "
                    + $"Sign it: fairlead models sign {version} --private-key FILE.")
                { Field = field });
            }
        }
    }

    /// <summary>Why a version has no signature that counts: every one is verified anew.</summary>
    private static async Task<string?> WhyNotAsync(
        FairleadDbContext db, SignatureRule rule, VersionId version, CancellationToken cancellation)
    {
        var (model, number) = (version.Model.ToString(), version.Number);
        var signatures = await db.VersionSignatures.AsNoTracking()
            .Where(row => row.Model == model && row.Number == number).ToListAsync(cancellation);
        if (signatures.Count == 0)
            return $"{version} is not signed.";
        var files = VersionSignatures.Files(await RegistryViews.FindVersionAsync(db, version, cancellation));
        var last = $"{version} is signed by none of them.";
        foreach (var pem in rule.TrustedKeys)
        {
            using var key = ModelSignature.ReadPublicKey(pem);
            if (key is null)
                continue;
            var hint = ModelSignature.KeyHint(key);
            foreach (var row in signatures.Where(row => row.KeyHint == hint))
            {
                if (ModelSignature.WhyNot(row.Bundle, key, files) is not { } why)
                    return null;
                last = $"the signature of {version} does not hold: {why}.";
            }
        }

        return last;
    }
}
