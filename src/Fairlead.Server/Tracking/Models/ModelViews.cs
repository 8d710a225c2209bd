using System.Data.Common;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Search;

namespace Fairlead.Server.Tracking.Models;

/// <summary>A version of a registered model, as MLflow's clients see it.</summary>
internal sealed record ModelVersionView
{
    /// <summary>The columns that <see cref="Read"/> reads, of the table <c>v</c>.</summary>
    public const string Columns = "v.model, v.number, v.description, v.tags, v.created_at, v.changed_at, v.created_by, "
        + "v.stage, v.source, v.run, v.run_link, v.logged_model, v.needs";

    public required string Model { get; init; }

    public int Number { get; init; }

    public string Description { get; init; } = "";

    public string Tags { get; init; } = "{}";

    public long CreatedAt { get; init; }

    public long ChangedAt { get; init; }

    public string CreatedBy { get; init; } = "";

    public string Stage { get; init; } = "";

    public string Source { get; init; } = "";

    public string Run { get; init; } = "";

    public string RunLink { get; init; } = "";

    public string LoggedModel { get; init; } = "";

    public string Needs { get; init; } = "";

    public List<string> Aliases { get; } = [];

    public static ModelVersionView Read(DbDataReader row) => new()
    {
        Model = row.GetString(0),
        Number = row.GetInt32(1),
        Description = row.GetString(2),
        Tags = row.GetString(3),
        CreatedAt = row.GetInt64(4),
        ChangedAt = Math.Max(row.GetInt64(4), row.GetInt64(5)),
        CreatedBy = row.GetString(6),
        Stage = row.GetString(7),
        Source = row.GetString(8) is { Length: > 0 } source
            ? source
            : ModelSources.Registered(row.GetString(0), row.GetInt32(1)),
        Run = row.GetString(9),
        RunLink = row.GetString(10),
        LoggedModel = row.GetString(11),
        Needs = row.GetString(12),
    };
}

/// <summary>A registered model, as MLflow's clients see it.</summary>
internal sealed record RegisteredModelView
{
    public const string Columns = "m.name, m.description, m.tags, m.created_at, m.changed_at";

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public string Tags { get; init; } = "{}";

    public long CreatedAt { get; init; }

    public long ChangedAt { get; init; }

    public List<(string Alias, int Version)> Aliases { get; } = [];

    /// <summary>The newest version of each stage.</summary>
    public List<ModelVersionView> Latest { get; } = [];

    public static RegisteredModelView Read(DbDataReader row) => new()
    {
        Name = row.GetString(0),
        Description = row.GetString(1),
        Tags = row.GetString(2),
        CreatedAt = row.GetInt64(3),
        ChangedAt = row.GetInt64(4),
    };
}

/// <summary>Reads registered models; what a model costs to read does not depend on how many versions it has.</summary>
internal sealed class ModelViews(Database database)
{
    private const int StageCount = 4;

    private const string Stages =
        "(SELECT '' AS stage UNION ALL SELECT 'Staging' UNION ALL SELECT 'Production' UNION ALL SELECT 'Archived')";

    public static Refusal NoModel(string name) => new(RefusalKind.NotFound, "model_not_found",
        $"Registered Model with name={name} not found");

    public static Refusal NoVersion(string name, string version) => new(RefusalKind.NotFound, "version_not_found",
        $"Model Version (name={name}, version={version}) not found");

    public async Task<RegisteredModelView> ModelAsync(string name, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var found = await statements.QueryAsync(
            $"SELECT {RegisteredModelView.Columns} FROM models m WHERE m.name = @name AND m.deleted_at IS NULL",
            RegisteredModelView.Read, cancellation, ("@name", name));
        if (found.Count == 0)
            throw new RefusalException(NoModel(name));
        await CompleteAsync(statements, found, cancellation);
        return found[0];
    }

    public async Task<ModelVersionView> VersionAsync(string name, string version, CancellationToken cancellation)
    {
        var number = Number(name, version);
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var found = await statements.QueryAsync(
            $"SELECT {ModelVersionView.Columns} FROM versions v WHERE v.model = @name AND v.number = @number",
            ModelVersionView.Read, cancellation, ("@name", name), ("@number", number));
        if (found.Count == 0)
            throw new RefusalException(NoVersion(name, version));
        await AddAliasesAsync(statements, found, cancellation);
        return found[0];
    }

    /// <summary>The version that an alias points to, by its number as clients write it.</summary>
    public async Task<string> AliasAsync(string name, string alias, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        var isThere = await statements.NumberAsync(
            "SELECT 1 FROM models WHERE name = @name AND deleted_at IS NULL", cancellation, ("@name", name));
        if (isThere is null)
            throw new RefusalException(NoModel(name));
        return await statements.NumberAsync("SELECT version FROM aliases WHERE model = @name AND alias = @alias",
            cancellation, ("@name", name), ("@alias", alias)) is { } version
            ? version.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : throw new RefusalException(
                RunRefusals.Invalid("alias", $"Registered model alias {alias} not found."));
    }

    /// <summary>Adds aliases and the newest versions to models.</summary>
    public async Task CompleteAsync(
        Statements statements, IReadOnlyList<RegisteredModelView> models, CancellationToken cancellation)
    {
        if (models.Count == 0)
            return;
        var (byName, names) = (models.ToDictionary(model => model.Name, StringComparer.Ordinal),
            models.Select(model => model.Name).ToArray());
        var sql = new SqlText(database.IsShared);
        var which = sql.In("a.model", names);
        foreach (var (model, alias, version) in await statements.QueryAsync(
            $"SELECT a.model, a.alias, a.version FROM aliases a WHERE {which} ORDER BY a.model, a.alias",
            row => (row.GetString(0), row.GetString(1), row.GetInt32(2)), cancellation, sql.Values))
        {
            byName[model].Aliases.Add((alias, version));
        }

        sql = new SqlText(database.IsShared);
        which = sql.In("m.name", names);

        // The limit leaves nothing out. It has the numbers be found first, one look at an index each; a planner that
        // knows nothing of the tables yet would look for them anew at every version.
        var most = names.Length * StageCount;
        var latest = await statements.QueryAsync(
            $"SELECT {ModelVersionView.Columns} FROM (SELECT m.name AS model, (SELECT MAX(x.number) FROM versions x "
            + $"WHERE x.model = m.name AND x.stage = s.stage) AS number FROM models m CROSS JOIN {Stages} s "
            + $"WHERE {which} LIMIT {most}) l JOIN versions v ON v.model = l.model AND v.number = l.number "
            + "ORDER BY v.model, v.number",
            ModelVersionView.Read, cancellation, sql.Values);
        await AddAliasesAsync(statements, latest, cancellation);
        foreach (var version in latest)
            byName[version.Model].Latest.Add(version);
    }

    /// <summary>Adds the aliases that point to versions.</summary>
    public async Task AddAliasesAsync(
        Statements statements, IReadOnlyList<ModelVersionView> versions, CancellationToken cancellation)
    {
        if (versions.Count == 0)
            return;
        var byId = versions.ToLookup(version => (version.Model, version.Number));
        var sql = new SqlText(database.IsShared);
        var which = sql.In("a.model", versions.Select(version => version.Model).Distinct().ToArray());
        foreach (var (model, alias, number) in await statements.QueryAsync(
            $"SELECT a.model, a.alias, a.version FROM aliases a WHERE {which} ORDER BY a.alias",
            row => (row.GetString(0), row.GetString(1), row.GetInt32(2)), cancellation, sql.Values))
        {
            foreach (var version in byId[(model, number)])
                version.Aliases.Add(alias);
        }
    }

    /// <summary>Reads a version's number; one that no version ever gets names nothing.</summary>
    public static int Number(string name, string version)
    {
        var digits = version.AsSpan(version.StartsWith('-') ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            throw new RefusalException(RunRefusals.Invalid(
                "version", $"Parameter 'version' must be an integer, got '{version}'."));
        }

        return int.TryParse(version, System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RefusalException(NoVersion(name, version));
    }
}
