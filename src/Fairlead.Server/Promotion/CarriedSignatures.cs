using System.Text.Json;
using Fairlead.Core.Lineage;
using Fairlead.Core.Refusals;
using Fairlead.Server.Lineage;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Promotion;

/// <summary>The signatures of a version go with it, and are verified again where it arrives.</summary>
internal sealed class CarriedSignatures : ICarriedEvidence
{
    public string Name => "signatures";

    public async Task<JsonElement?> ExportAsync(
        FairleadDbContext db, VersionRow version, CancellationToken cancellation)
    {
        var rows = await db.VersionSignatures
            .Where(row => row.Model == version.Model && row.Number == version.Number).OrderBy(row => row.Id)
            .Select(row => new Carried(row.PublicKey, row.Bundle)).ToListAsync(cancellation);
        return rows.Count == 0 ? null : JsonSerializer.SerializeToElement(rows, StoredJson.Options);
    }

    public Task ImportAsync(WriteScope write, VersionRow version, JsonElement content)
    {
        var signers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (publicKey, bundle) in Read(content))
        {
            using var key = ModelSignature.ReadPublicKey(publicKey) ?? throw Fault("a public key cannot be read");
            if (ModelSignature.WhyNot(bundle, key, VersionSignatures.Files(version)) is { } why)
                throw Fault(why);
            var hint = ModelSignature.KeyHint(key);
            if (!signers.Add(hint))
                throw Fault("two of them are of the same key");
            write.Db.VersionSignatures.Add(new VersionSignatureRow
            {
                Model = version.Model,
                Number = version.Number,
                KeyHint = hint,
                PublicKey = key.ExportSubjectPublicKeyInfoPem(),
                Bundle = bundle,
                Who = write.Principal.Name,
                At = write.NowMicroseconds,
            });
        }

        return Task.CompletedTask;
    }

    private static List<Carried> Read(JsonElement content)
    {
        try
        {
            var read = content.Deserialize<List<Carried>>(StoredJson.Options) ?? [];
            return read.Count <= VersionSignatures.MaxOfVersion
                && read.TrueForAll(each =>
                    each?.Bundle?.Length <= ModelSignature.MaxBundle && each.PublicKey is not null)
                ? read
                : throw Fault($"there are more than {VersionSignatures.MaxOfVersion}, or they are too long");
        }
        catch (JsonException broken)
        {
            throw Fault(broken.Message);
        }
    }

    private static RefusalException Fault(string why) => new(new Refusal(
        RefusalKind.Invalid, "invalid_evidence", $"The signatures that came with the version do not hold: {why}.")
    { Field = "version.evidence.signatures" });

    private sealed record Carried(string PublicKey, string Bundle);
}
