using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Lineage;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Promotion;

/// <summary>
/// Versions on their way between environments. What leaves says its digest; what arrives is examined as any version is,
/// and refused unless its digest is the same here. Row, evidence, origin and audit row are one transaction.
/// </summary>
internal sealed class Carrying(
    Database database, ControlPlane control, Registration registration, IEnumerable<ICarriedEvidence> evidence)
{
    /// <summary>How the training code differed from its commit, among the evidence.</summary>
    private const string CodeDiff = "codeDiff";

    /// <summary>Everything that is known of a version.</summary>
    public Task<CarriedVersion> ExportAsync(VersionId id, CancellationToken cancellation) =>
        database.ReadAsync(async db =>
        {
            var row = await RegistryViews.FindVersionAsync(db, id, cancellation);
            var info = RegistryViews.Version(row, []);
            var found = new Dictionary<string, JsonElement>();

            // What came with it and is not known here goes on as it came.
            if (await FindAsync(db, row, cancellation) is { } carried)
            {
                foreach (var (name, content) in StoredJson.Read<CarriedVersion>(carried.Document).Evidence)
                    found[name] = content;
            }

            var diff = await db.Set<LineageRow>().Where(each => each.Model == row.Model && each.Number == row.Number)
                .Select(each => each.Diff).SingleOrDefaultAsync(cancellation);
            if (diff is not null)
                found[CodeDiff] = JsonSerializer.SerializeToElement(diff);
            foreach (var each in evidence)
            {
                if (await each.ExportAsync(db, row, cancellation) is { } content)
                    found[each.Name] = content;
            }

            return new CarriedVersion
            {
                Model = row.Model,
                Number = row.Number,
                Digest = ManifestDigest.Of(row.Manifest),
                Files = info.Files,
                Entry = info.Entry,
                Description = info.Description,
                Tags = info.Tags,
                Metrics = info.Metrics,
                Parameters = info.Parameters,
                Lineage = info.Lineage,
                CreatedBy = info.CreatedBy,
                CreatedAt = info.CreatedAt,
                Evidence = found,
            };
        }, cancellation);

    /// <summary>Takes a version in, or finds that it is here.</summary>
    public async Task<CarriedInfo> ImportAsync(
        Principal principal, ModelName model, CarryRequest request, CancellationToken cancellation)
    {
        var version = request.Version;
        Check(model, request);
        var known = await database.ReadAsync(
            db => KnownAsync(db, model, version.Digest, cancellation), cancellation);
        if (known is not null)
            return Info(known, version.Digest, request) with { WasKnown = true };

        var files = Registration.Files(version.Files);
        var faults = ManifestRules.Check(files);
        if (faults.Count > 0)
            throw new RefusalException(faults);
        var entry = ManifestRules.FindEntry(files, version.Entry);
        var report = await registration.ExamineAsync(model, files, entry, cancellation);
        var manifest = new Manifest(
            [.. files], [new ManifestComponent("model", Registration.OnnxRuntime, entry)], report.Signature);
        ThrowIfOther(version, manifest);
        return await control.WriteAsync(principal, request.Reason, async write =>
        {
            // Once more: it may have come twice at the same time.
            if (await KnownAsync(write.Db, model, version.Digest, write.Cancellation) is { } meanwhile)
                return Info(meanwhile, version.Digest, request) with { WasKnown = true };
            await registration.ThrowIfMissingAsync(files, write.Cancellation);
            return Info(await KeepAsync(write, model, request, manifest, report), version.Digest, request);
        }, cancellation);
    }

    /// <summary>Where a version came from.</summary>
    public Task<CarriedInfo> OriginAsync(VersionId id, CancellationToken cancellation) =>
        database.ReadAsync(async db =>
        {
            var row = await RegistryViews.FindVersionAsync(db, id, cancellation);
            var carried = await FindAsync(db, row, cancellation);
            return new CarriedInfo
            {
                Model = row.Model,
                Number = row.Number,
                Digest = ManifestDigest.Of(row.Manifest),
                From = carried?.Origin ?? "",
                FromNumber = carried?.OriginNumber,
                CarriedAt = Instants.FromMicroseconds(carried?.At),
                CarriedBy = carried?.Who,
                Version = carried is null ? null : StoredJson.Read<CarriedVersion>(carried.Document),
            };
        }, cancellation);

    private async Task<VersionRow> KeepAsync(
        WriteScope write, ModelName model, CarryRequest request, Manifest manifest, ProbeReport report)
    {
        var version = request.Version;

        // Numbers of other versions and datasets mean something else here; the origin's own words are kept beside.
        // Data are the same everywhere by their digest, and are found by it.
        var lineage = version.Lineage with
        {
            Parent = null,
            Registered = [],
            Inputs =
            [
                .. version.Lineage.Inputs,
                .. version.Lineage.Registered.Select(data => new LineageInput(data.Name, data.Digest, null, data.Role)),
            ],
        };
        var row = await Registration.InsertAsync(write, model, new RegisterVersionRequest
        {
            Files = [],
            Description = version.Description,
            Tags = version.Tags,
            Metrics = version.Metrics,
            Parameters = version.Parameters,
            Lineage = lineage,
        }, new CapturedSources
        {
            Lineage = lineage,
            Metrics = version.Metrics,
            Parameters = version.Parameters,
            Diff = version.Evidence.TryGetValue(CodeDiff, out var diff) && diff.ValueKind == JsonValueKind.String
                ? diff.GetString()
                : null,
        }, [], manifest, report);
        await write.Db.SaveChangesAsync(write.Cancellation);
        foreach (var each in evidence)
        {
            if (version.Evidence.TryGetValue(each.Name, out var content))
                await each.ImportAsync(write, row, content);
        }

        write.Db.Add(new CarriedVersionRow
        {
            Model = row.Model,
            Number = row.Number,
            Digest = version.Digest,
            Origin = request.From,
            OriginNumber = version.Number,
            Document = StoredJson.Write(version),
            At = write.NowMicroseconds,
            Who = write.Principal.Name,
        });
        write.Record("version.carry", ModelWrites.Subject(new VersionId(model, row.Number)), null,
            new { from = request.From, number = version.Number, version.Digest, evidence = version.Evidence.Keys });
        await write.Db.SaveChangesAsync(write.Cancellation);
        return row;
    }

    /// <summary>A version of the model with the same manifest; null: none.</summary>
    private static async Task<VersionRow?> KnownAsync(
        FairleadDbContext db, ModelName model, string digest, CancellationToken cancellation)
    {
        var name = model.ToString();
        var number = 0;
        await foreach (var each in db.Versions.Where(row => row.Model == name).OrderByDescending(row => row.Number)
            .Select(row => new { row.Number, row.Manifest }).AsAsyncEnumerable().WithCancellation(cancellation))
        {
            if (ManifestDigest.Of(each.Manifest) != digest)
                continue;
            number = each.Number;
            break;
        }

        return await db.Versions.SingleOrDefaultAsync(
            row => row.Model == name && row.Number == number, cancellation);
    }

    private static Task<CarriedVersionRow?> FindAsync(
        FairleadDbContext db, VersionRow row, CancellationToken cancellation) =>
        db.Set<CarriedVersionRow>().SingleOrDefaultAsync(
            each => each.Model == row.Model && each.Number == row.Number, cancellation);

    private static void ThrowIfOther(CarriedVersion version, Manifest manifest)
    {
        var found = ManifestDigest.Of(StoredJson.Write(manifest));
        if (found != version.Digest)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "digest_differs",
                $"{version.Model}/{version.Number} has the digest {version.Digest} where it comes from, and its files "
                + $"make {found} here: they are not the same version.")
            { Field = "version.digest", Present = found });
        }
    }

    private static void Check(ModelName model, CarryRequest request)
    {
        var version = request.Version;
        if (version.Form != CarriedVersion.PresentForm)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "unknown_form",
                $"The version comes in the form {version.Form}; this program reads {CarriedVersion.PresentForm}.")
            { Field = "version.form" });
        }

        if (version.Model != model.ToString())
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "other_model",
                $"The version is one of '{version.Model}', not of '{model}'.")
            { Field = "version.model" });
        }

        if (!Sha256Digest.TryParse(version.Digest, out _))
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_digest",
                "The digest is the SHA-256 of the manifest, 64 hexadecimal digits.")
            { Field = "version.digest" });
        }

        if (version.Entry.Length == 0)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "version_not_servable",
                $"{version.Model}/{version.Number} cannot be served where it comes from, and is not carried.")
            { Field = "version.entry" });
        }

        TextRules.ThrowIfAny([TextRules.WhyNot("from", request.From, TextRules.MaxReason)]);
        Registration.Check(new RegisterVersionRequest
        {
            Files = [],
            Description = version.Description,
            Tags = version.Tags,
            Metrics = version.Metrics,
            Parameters = version.Parameters,
            Lineage = version.Lineage with { Registered = [], Inputs = [] },
        });
    }

    private static CarriedInfo Info(VersionRow row, string digest, CarryRequest request) => new()
    {
        Model = row.Model,
        Number = row.Number,
        Digest = digest,
        From = request.From,
        FromNumber = request.Version.Number,
    };
}
