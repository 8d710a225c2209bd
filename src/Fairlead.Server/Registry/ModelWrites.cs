using Fairlead.Client.Api;
using Fairlead.Core.Models;
using Fairlead.Core.Promotion;
using Fairlead.Core.Refusals;
using Fairlead.Server.Evaluating;
using Fairlead.Server.Lineage;
using Fairlead.Server.Promotion;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Registry;

/// <summary>The changes of models, versions and aliases, each inside a write.</summary>
internal static class ModelWrites
{
    /// <summary>Makes a model when there is none; one that was deleted goes on with the numbers it had.</summary>
    public static async Task<ModelRow> EnsureAsync(WriteScope write, ModelName model)
    {
        var name = model.ToString();
        var row = await write.Db.Models.SingleOrDefaultAsync(each => each.Name == name, write.Cancellation);
        if (row is { DeletedAt: null })
            return row;

        if (row is null)
            write.Db.Models.Add(row = new ModelRow { Name = name });
        row.DeletedAt = null;
        row.CreatedAt = row.ChangedAt = write.NowMicroseconds;
        await write.Db.SaveChangesAsync(write.Cancellation);
        write.Record("model.create", Subject(model), null, new { name });
        return row;
    }

    public static async Task<ModelInfo> CreateAsync(WriteScope write, CreateModelRequest request)
    {
        var model = ModelName.Parse(request.Name);
        var existing = await write.Db.Models.AnyAsync(
            row => row.Name == request.Name && row.DeletedAt == null, write.Cancellation);
        if (existing)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "model_exists",
                $"The model '{model}' already exists.")
            { Field = "name" });
        }

        var row = await EnsureAsync(write, model);
        row.Description = request.Description;
        row.Tags = StoredJson.Write(request.Tags);
        await write.Db.SaveChangesAsync(write.Cancellation);
        return await RegistryViews.ModelAsync(write.Db, row, write.Cancellation);
    }

    public static async Task<ModelInfo> DescribeAsync(WriteScope write, ModelName model, DescribeRequest request)
    {
        var row = await RegistryViews.FindModelAsync(write.Db, model, write.Cancellation);
        var before = new { row.Description, Tags = StoredJson.Read<Dictionary<string, string>>(row.Tags) };
        row.Description = request.Description ?? row.Description;
        row.Tags = Merge(row.Tags, request.Tags);
        if (write.Db.Entry(row).State == EntityState.Modified)
        {
            row.ChangedAt = write.NowMicroseconds;
            write.Record("model.describe", Subject(model), before,
                new { row.Description, Tags = StoredJson.Read<Dictionary<string, string>>(row.Tags) });
            await write.Db.SaveChangesAsync(write.Cancellation);
        }

        return await RegistryViews.ModelAsync(write.Db, row, write.Cancellation);
    }

    public static async Task<VersionInfo> DescribeAsync(WriteScope write, VersionId id, DescribeRequest request)
    {
        var row = await RegistryViews.FindVersionAsync(write.Db, id, write.Cancellation);
        var before = new { row.Description, Tags = StoredJson.Read<Dictionary<string, string>>(row.Tags) };
        row.Description = request.Description ?? row.Description;
        row.Tags = Merge(row.Tags, request.Tags);
        if (write.Db.Entry(row).State == EntityState.Modified)
        {
            write.Record("version.describe", Subject(id), before,
                new { row.Description, Tags = StoredJson.Read<Dictionary<string, string>>(row.Tags) });
            await write.Db.SaveChangesAsync(write.Cancellation);
        }

        return await RegistryViews.VersionAsync(write.Db, row, write.Cancellation);
    }

    /// <summary>Deletes a model with all its versions and aliases; its row stays, for its numbers.</summary>
    public static async Task<bool> DeleteAsync(WriteScope write, ModelName model)
    {
        var row = await RegistryViews.FindModelAsync(write.Db, model, write.Cancellation);
        var numbers = await write.Db.Versions.Where(version => version.Model == row.Name)
            .Select(version => version.Number).ToListAsync(write.Cancellation);
        foreach (var number in numbers)
        {
            var id = new VersionId(model, number);
            if (VersionRules.WhyNotDelete(id, await EndpointsOfAsync(write, id), []) is { } refusal)
                throw new RefusalException(refusal);
            await RolloutWrites.RefuseWhileNamedAsync(write, id);
        }

        var before = await RegistryViews.ModelAsync(write.Db, row, write.Cancellation);
        var aliases = await write.Db.Aliases.Where(each => each.Model == row.Name).ToListAsync(write.Cancellation);
        foreach (var alias in aliases)
            LineageWrites.AliasMoved(write, row.Name, alias.Alias, alias.Version, null);
        write.Db.Aliases.RemoveRange(aliases);
        await write.Db.SaveChangesAsync(write.Cancellation);
        await write.Db.VersionFiles.Where(file => file.Model == row.Name).ExecuteDeleteAsync(write.Cancellation);
        await write.Db.VersionDatasets.Where(data => data.Model == row.Name).ExecuteDeleteAsync(write.Cancellation);
        await EvaluationStore.VersionGoesAsync(write, row.Name, number: null);
        await write.Db.Set<CarriedVersionRow>().Where(each => each.Model == row.Name)
            .ExecuteDeleteAsync(write.Cancellation);
        await write.Db.Versions.Where(version => version.Model == row.Name).ExecuteDeleteAsync(write.Cancellation);
        await LineageWrites.DeletedAsync(write, row.Name);
        row.DeletedAt = write.NowMicroseconds;
        (row.Description, row.Tags) = ("", "{}");
        write.Record("model.delete", Subject(model), before, null);
        return true;
    }

    public static async Task<bool> DeleteAsync(WriteScope write, VersionId id)
    {
        var row = await RegistryViews.FindVersionAsync(write.Db, id, write.Cancellation);
        var aliases = await write.Db.Aliases.Where(alias => alias.Model == row.Model && alias.Version == row.Number)
            .Select(alias => alias.Alias).ToListAsync(write.Cancellation);
        if (VersionRules.WhyNotDelete(id, await EndpointsOfAsync(write, id), aliases) is { } refusal)
            throw new RefusalException(refusal);
        await RolloutWrites.RefuseWhileNamedAsync(write, id);

        var before = RegistryViews.Version(row, []);
        await write.Db.VersionFiles.Where(file => file.Model == row.Model && file.Number == row.Number)
            .ExecuteDeleteAsync(write.Cancellation);
        await write.Db.VersionDatasets.Where(data => data.Model == row.Model && data.Number == row.Number)
            .ExecuteDeleteAsync(write.Cancellation);
        await EvaluationStore.VersionGoesAsync(write, row.Model, row.Number);
        await write.Db.Set<CarriedVersionRow>().Where(each => each.Model == row.Model && each.Number == row.Number)
            .ExecuteDeleteAsync(write.Cancellation);
        write.Db.Versions.Remove(row);
        await LineageWrites.DeletedAsync(write, row.Model, row.Number);
        write.Record("version.delete", Subject(id), before, null);
        return true;
    }

    /// <summary>Moves an alias, or makes it.</summary>
    /// <param name="expected">Where the caller believes it to point, 0 for nowhere; null: it does not matter.</param>
    /// <param name="evidence">What the move rests on, for the audit log; null: the caller's word.</param>
    /// <param name="mover">Who moves it: a policy may leave it to promotions.</param>
    public static async Task<AliasInfo> SetAliasAsync(
        WriteScope write, ModelName model, AliasName alias, int version, int? expected, object? evidence = null,
        Mover mover = Mover.Caller)
    {
        var (name, aliasName) = (model.ToString(), alias.ToString());
        await RegistryViews.FindModelAsync(write.Db, model, write.Cancellation);
        var row = await FindAliasAsync(write, name, aliasName);
        var present = row?.Version ?? 0;
        if (expected is { } from && VersionRules.WhyNotMove(model, alias, present, from) is { } moved)
            throw new RefusalException(moved);
        await RegistryViews.FindVersionAsync(write.Db, new VersionId(model, version), write.Cancellation);
        if (present == version)
            return new AliasInfo(name, aliasName, version);

        await PromotionGuard.ThrowIfGuardedAsync(write, name, new PromotionTarget(aliasName, false), version, mover);
        if (row is null)
            write.Db.Aliases.Add(row = new AliasRow { Model = name, Alias = aliasName });
        row.Version = version;
        row.ChangedAt = write.NowMicroseconds;
        LineageWrites.AliasMoved(write, name, aliasName, present == 0 ? null : present, version);
        write.Record("alias.set", $"{Subject(model)}/aliases/{alias}",
            present == 0 ? null : new { version = present },
            evidence is null ? new { version } : new { version, evidence });
        await write.Db.SaveChangesAsync(write.Cancellation);
        return new AliasInfo(name, aliasName, version);
    }

    public static async Task<bool> DeleteAliasAsync(WriteScope write, ModelName model, AliasName alias, int? expected)
    {
        var (name, aliasName) = (model.ToString(), alias.ToString());
        await RegistryViews.FindModelAsync(write.Db, model, write.Cancellation);
        var row = await FindAliasAsync(write, name, aliasName)
            ?? throw new RefusalException(new Refusal(RefusalKind.NotFound, "alias_not_found",
                $"The model '{model}' has no alias '{alias}'."));
        if (expected is { } from && VersionRules.WhyNotMove(model, alias, row.Version, from) is { } moved)
            throw new RefusalException(moved);

        await PromotionGuard.ThrowIfGuardedAsync(
            write, name, new PromotionTarget(aliasName, IsStage: false), version: 0, Mover.Caller);
        write.Db.Aliases.Remove(row);
        LineageWrites.AliasMoved(write, name, aliasName, row.Version, null);
        write.Record("alias.delete", $"{Subject(model)}/aliases/{alias}", new { version = row.Version }, null);
        return true;
    }

    public static string Subject(ModelName model) => $"models/{model}";

    public static string Subject(VersionId id) => $"models/{id.Model}/versions/{id.Number}";

    private static Task<AliasRow?> FindAliasAsync(WriteScope write, string model, string alias) =>
        write.Db.Aliases.SingleOrDefaultAsync(each => each.Model == model && each.Alias == alias, write.Cancellation);

    private static async Task<List<string>> EndpointsOfAsync(WriteScope write, VersionId id)
    {
        var model = id.Model.ToString();
        return await write.Db.EndpointUses.Where(use => use.Model == model && use.Version == id.Number)
            .Join(write.Db.Endpoints, use => use.Endpoint, endpoint => endpoint.Number, (_, endpoint) => endpoint.Name)
            .ToListAsync(write.Cancellation);
    }

    private static string Merge(string stored, IReadOnlyDictionary<string, string?>? changes)
    {
        if (changes is null)
            return stored;

        var tags = StoredJson.Read<SortedDictionary<string, string>>(stored);
        foreach (var (name, value) in changes)
        {
            if (value is null)
                tags.Remove(name);
            else
                tags[name] = value;
        }

        if (tags.Count > TextRules.MaxTags)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_text",
                $"There would be {tags.Count} tags; at most {TextRules.MaxTags} are kept.")
            { Field = "tags" });
        }

        return StoredJson.Write(tags);
    }
}
