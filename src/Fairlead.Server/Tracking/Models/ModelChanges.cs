using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Lineage;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Tracking.Models;

/// <summary>What MLflow's clients change in the registry: the same models, versions and aliases, the same audit rows.
/// </summary>
internal sealed class ModelChanges(ControlPlane control)
{
    private static readonly string[] Stages = ["", "Staging", "Production", "Archived"];

    /// <summary>The stage of a name, as it is stored.</summary>
    public static string Stage(string name) => name.Equals("None", StringComparison.OrdinalIgnoreCase)
        ? ""
        : Stages.FirstOrDefault(stage => stage.Length > 0 && stage.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new RefusalException(RunRefusals.Invalid("stage",
                $"Invalid Model Version stage: {name}. Value must be one of None, Staging, Production, Archived."));

    /// <summary>The name of a stored stage.</summary>
    public static string StageName(string stage) => stage.Length == 0 ? "None" : stage;

    public Task CreateAsync(
        Principal caller, string name, string description, IReadOnlyDictionary<string, string> tags,
        CancellationToken cancellation) =>
        control.WriteAsync(caller, null, write => ModelWrites.CreateAsync(write,
            new CreateModelRequest { Name = name, Description = description, Tags = tags }), cancellation);

    public Task DescribeAsync(Principal caller, string name, string? description, CancellationToken cancellation) =>
        DescribeAsync(caller, name, new DescribeRequest { Description = description ?? "" }, cancellation);

    /// <summary>Sets a tag of a model; null removes it, also when there is none.</summary>
    public Task TagAsync(Principal caller, string name, string key, string? value, CancellationToken cancellation) =>
        DescribeAsync(caller, name, Tagged(key, value), cancellation);

    public Task DeleteAsync(Principal caller, string name, CancellationToken cancellation) =>
        control.WriteAsync(
            caller, null, write => ModelWrites.DeleteAsync(write, ModelName.Parse(name)), cancellation);

    /// <summary>
    /// Gives a model another name. Its versions keep their numbers; the old name keeps count, so that no number of it
    /// is ever given again.
    /// </summary>
    public Task RenameAsync(Principal caller, string name, string newName, CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            var (db, to) = (write.Db, ModelName.Parse(newName).ToString());
            var from = await RegistryViews.FindModelAsync(db, ModelName.Parse(name), write.Cancellation);
            if (from.Name == to)
                return false;
            if (await db.Models.AnyAsync(row => row.Name == to, write.Cancellation))
            {
                throw new RefusalException(new Refusal(RefusalKind.Conflict, "model_exists",
                    $"Registered Model (name={to}) already exists, or did; its numbers are taken.")
                { Field = "new_name" });
            }

            await RefuseWhileUsedAsync(write, from.Name);
            db.Models.Add(new ModelRow
            {
                Name = to,
                Description = from.Description,
                Tags = from.Tags,
                NextVersion = from.NextVersion,
                CreatedAt = from.CreatedAt,
                ChangedAt = write.NowMicroseconds,
            });
            await MoveAsync(write, from.Name, to);
            (from.DeletedAt, from.Description, from.Tags) = (write.NowMicroseconds, "", "{}");
            write.Record("model.rename", ModelWrites.Subject(ModelName.Parse(to)), new { name = from.Name },
                new { name = to });
            await db.SaveChangesAsync(write.Cancellation);
            return true;
        }, cancellation);

    /// <summary>Sets the description of a version, or one of its tags.</summary>
    public Task DescribeVersionAsync(
        Principal caller, VersionId id, string? description, (string Key, string? Value)? tag,
        CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            var request = tag is { } changed
                ? Tagged(changed.Key, changed.Value)
                : new DescribeRequest { Description = description ?? "" };
            await ModelWrites.DescribeAsync(write, id, request);
            await TouchAsync(write, id);
            return true;
        }, cancellation);

    /// <summary>Deletes a version and the aliases that point to it.</summary>
    public Task DeleteVersionAsync(Principal caller, VersionId id, CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            var row = await RegistryViews.FindVersionAsync(write.Db, id, write.Cancellation);
            var aliases = await write.Db.Aliases
                .Where(alias => alias.Model == row.Model && alias.Version == row.Number)
                .Select(alias => alias.Alias).ToListAsync(write.Cancellation);
            foreach (var alias in aliases)
                await ModelWrites.DeleteAliasAsync(write, id.Model, AliasName.Parse(alias), null);
            await write.Db.SaveChangesAsync(write.Cancellation);
            return await ModelWrites.DeleteAsync(write, id);
        }, cancellation);

    /// <summary>Moves a version to a stage.</summary>
    /// <param name="archives">Whatever else is in that stage is archived.</param>
    public Task TransitionAsync(
        Principal caller, VersionId id, string stage, bool archives, CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            var row = await RegistryViews.FindVersionAsync(write.Db, id, write.Cancellation);
            var others = archives
                ? await write.Db.Versions.Where(each => each.Model == row.Model && each.Stage == stage
                    && each.Number != row.Number).ToListAsync(write.Cancellation)
                : [];
            foreach (var (each, to) in others.Select(each => (each, "Archived")).Append((row, stage)))
            {
                if (each.Stage == to)
                    continue;
                write.Record("version.stage", ModelWrites.Subject(new VersionId(id.Model, each.Number)),
                    new { stage = StageName(each.Stage) }, new { stage = StageName(to) });
                (each.Stage, each.ChangedAt) = (to, write.NowMicroseconds);
            }

            await write.Db.SaveChangesAsync(write.Cancellation);
            return true;
        }, cancellation);

    public Task SetAliasAsync(Principal caller, VersionId id, string alias, CancellationToken cancellation) =>
        control.WriteAsync(caller, null, write => ModelWrites.SetAliasAsync(
            write, id.Model, AliasName.Parse(alias), id.Number, expected: null), cancellation);

    /// <summary>Removes an alias; one that is none is none afterwards too.</summary>
    public Task DeleteAliasAsync(Principal caller, string name, string alias, CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            var model = (await RegistryViews.FindModelAsync(write.Db, ModelName.Parse(name), write.Cancellation)).Name;
            return await write.Db.Aliases.AnyAsync(row => row.Model == model && row.Alias == alias, write.Cancellation)
                && await ModelWrites.DeleteAliasAsync(write, ModelName.Parse(name), AliasName.Parse(alias), null);
        }, cancellation);

    private Task<ModelInfo> DescribeAsync(
        Principal caller, string name, DescribeRequest request, CancellationToken cancellation) =>
        control.WriteAsync(
            caller, null, write => ModelWrites.DescribeAsync(write, ModelName.Parse(name), request), cancellation);

    private static DescribeRequest Tagged(string key, string? value) =>
        new() { Tags = new Dictionary<string, string?> { [key] = value } };

    private static async Task TouchAsync(WriteScope write, VersionId id)
    {
        if (!write.IsRecorded)
            return;
        (await RegistryViews.FindVersionAsync(write.Db, id, write.Cancellation)).ChangedAt = write.NowMicroseconds;
        await write.Db.SaveChangesAsync(write.Cancellation);
    }

    private static async Task RefuseWhileUsedAsync(WriteScope write, string model)
    {
        if (await write.Db.EndpointUses.AnyAsync(use => use.Model == model, write.Cancellation)
            || await write.Db.RolloutUses.AnyAsync(use => use.Model == model, write.Cancellation)
            || await write.Db.VersionDatasets.AnyAsync(use => use.Model == model, write.Cancellation))
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "model_in_use",
                $"The model '{model}' is named by endpoints, rollouts or datasets and keeps its name."));
        }
    }

    /// <summary>Brings versions with their files and aliases under another name: copies first, as rows refer to rows.
    /// </summary>
    private static async Task MoveAsync(WriteScope write, string from, string to)
    {
        var db = write.Db;
        var versions = await db.Versions.Where(row => row.Model == from).ToListAsync(write.Cancellation);
        var files = await db.VersionFiles.Where(row => row.Model == from).ToListAsync(write.Cancellation);
        var aliases = await db.Aliases.Where(row => row.Model == from).ToListAsync(write.Cancellation);
        foreach (var version in versions)
        {
            var copy = (VersionRow)db.Entry(version).CurrentValues.ToObject();
            copy.Model = to;
            db.Versions.Add(copy);
        }

        db.VersionFiles.AddRange(files.Select(row =>
            new VersionFileRow { Model = to, Number = row.Number, Digest = row.Digest }));
        db.Aliases.AddRange(aliases.Select(row => new AliasRow
        {
            Model = to,
            Alias = row.Alias,
            Version = row.Version,
            ChangedAt = row.ChangedAt,
        }));
        foreach (var alias in aliases)
        {
            LineageWrites.AliasMoved(write, from, alias.Alias, alias.Version, null);
            LineageWrites.AliasMoved(write, to, alias.Alias, null, alias.Version);
        }

        await LineageWrites.RenamedAsync(write, from, to);
        await db.VersionSignatures.Where(row => row.Model == from)
            .ExecuteUpdateAsync(row => row.SetProperty(each => each.Model, to), write.Cancellation);
        await db.SaveChangesAsync(write.Cancellation);
        db.Aliases.RemoveRange(aliases);
        db.VersionFiles.RemoveRange(files);
        await db.SaveChangesAsync(write.Cancellation);
        db.Versions.RemoveRange(versions);
        await db.SaveChangesAsync(write.Cancellation);
    }
}
