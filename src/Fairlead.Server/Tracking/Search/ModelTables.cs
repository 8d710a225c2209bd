using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Tracking.Models;

namespace Fairlead.Server.Tracking.Search;

/// <summary>Registered models as they lie in the tables.</summary>
internal sealed class RegisteredModelTable : SearchTable
{
    public override SearchSchema Schema => SearchSchema.RegisteredModels;

    public override string Columns => RegisteredModelView.Columns;

    public override string From => "models m";

    public override IReadOnlyList<SearchTerm> Ties { get; } = [new("m.name", SearchTermType.Text, Descending: false)];

    public override SearchExpression Attribute(SqlText sql, string name) => name switch
    {
        "name" => new("m.name", SearchTermType.Text),
        "creation_timestamp" => new("(m.created_at / 1000)", SearchTermType.Integer),
        _ => new("(m.changed_at / 1000)", SearchTermType.Integer),
    };

    public override string Condition(SqlText sql, SearchComparison comparison)
    {
        if (comparison.Field.Entity == SearchEntity.Attribute)
        {
            return "EXISTS (SELECT 1 FROM aliases a WHERE a.model = m.name AND "
                + $"{SearchConditions.Of(sql, "a.alias", comparison, mayBeMissing: false)})";
        }

        return Prompts.OfTag(sql, "m.tags", comparison);
    }

    public override SearchJoin Join(SqlText sql, SearchField field, string alias) =>
        new("", sql.JsonValue("m.tags", field.Key), SearchTermType.Text);
}

/// <summary>Versions of registered models as they lie in the tables.</summary>
internal sealed class ModelVersionTable : SearchTable
{
    public override SearchSchema Schema => SearchSchema.ModelVersions;

    public override string Columns => ModelVersionView.Columns;

    public override string From => "versions v";

    public override IReadOnlyList<SearchTerm> Ties { get; } =
    [
        new("(v.changed_at / 1000)", SearchTermType.Integer, Descending: true),
        new("v.model", SearchTermType.Text, Descending: false),
        new("v.number", SearchTermType.Integer, Descending: true),
    ];

    public override SearchExpression Attribute(SqlText sql, string name) => name switch
    {
        "name" => new("v.model", SearchTermType.Text),
        "version_number" => new("v.number", SearchTermType.Integer),
        "run_id" => new("v.run", SearchTermType.Text),
        "source_path" => new("v.source", SearchTermType.Text),
        "stage" => new("CASE WHEN v.stage = '' THEN 'None' ELSE v.stage END", SearchTermType.Text),
        "creation_timestamp" => new("(v.created_at / 1000)", SearchTermType.Integer),
        _ => new("(v.changed_at / 1000)", SearchTermType.Integer),
    };

    public override string Condition(SqlText sql, SearchComparison comparison) =>
        comparison.Field.Entity == SearchEntity.Attribute
            ? "EXISTS (SELECT 1 FROM aliases a WHERE a.model = v.model AND a.version = v.number AND "
                + $"{SearchConditions.Of(sql, "a.alias", comparison, mayBeMissing: false)})"
            : Prompts.OfTag(sql, "v.tags", comparison);

    public override SearchJoin Join(SqlText sql, SearchField field, string alias) =>
        new("", sql.JsonValue("v.tags", field.Key), SearchTermType.Text);
}

/// <summary>Logged models as they lie in the tables.</summary>
/// <param name="datasets">Metrics count only where they were measured on one of these; empty: on any.</param>
internal sealed class LoggedModelTable(IReadOnlyList<(string Name, string? Digest)> datasets) : SearchTable
{
    public override SearchSchema Schema => SearchSchema.LoggedModels;

    public override string Columns => LoggedModelView.Columns;

    public override string From => "logged_models m CROSS JOIN experiments e";

    public override IReadOnlyList<SearchTerm> Ties { get; } =
    [
        new("m.created_at", SearchTermType.Integer, Descending: true),
        new("m.id", SearchTermType.Text, Descending: false),
    ];

    public override SearchExpression Attribute(SqlText sql, string name) => name switch
    {
        "name" => new("m.name", SearchTermType.Text),
        "model_id" => new("m.id", SearchTermType.Text),
        "model_type" => new("m.model_type", SearchTermType.Text),
        "status" => new("m.status", SearchTermType.Text),
        "source_run_id" => new("m.source_run", SearchTermType.Text),
        "experiment_id" => new("CAST(m.experiment AS TEXT)", SearchTermType.Text),
        "creation_timestamp" => new("(m.created_at / 1000)", SearchTermType.Integer),
        _ => new("(m.changed_at / 1000)", SearchTermType.Integer),
    };

    public override string Condition(SqlText sql, SearchComparison comparison)
    {
        var key = comparison.Field.Key;
        if (comparison.Field.Entity != SearchEntity.Metric)
            return SearchConditions.Of(sql, sql.JsonValue(Column(comparison.Field), key), comparison, true);
        return "EXISTS (SELECT 1 FROM logged_model_metrics x WHERE x.model = m.id AND x.key = "
            + $"{sql.Add(key)} AND x.nan = 0 AND {SearchConditions.Of(sql, "x.value", comparison, false)}"
            + $"{Among(sql, "x")})";
    }

    public override SearchJoin Join(SqlText sql, SearchField field, string alias)
    {
        if (field.Entity != SearchEntity.Metric)
            return new SearchJoin("", sql.JsonValue(Column(field), field.Key), SearchTermType.Text);
        var value = $"(SELECT MAX(x.value) FROM logged_model_metrics x WHERE x.model = m.id AND x.key = "
            + $"{sql.Add(field.Key)} AND x.nan = 0{Among(sql, "x")})";
        return new SearchJoin("", value, SearchTermType.Real);
    }

    /// <summary>The condition that a model was measured on one of the datasets.</summary>
    public string Measured(SqlText sql) => datasets.Count == 0
        ? ""
        : $"EXISTS (SELECT 1 FROM logged_model_metrics x WHERE x.model = m.id{Among(sql, "x")})";

    private string Among(SqlText sql, string alias) => datasets.Count == 0
        ? ""
        : " AND (" + string.Join(" OR ", datasets.Select(dataset =>
            $"({alias}.dataset_name = {sql.Add(dataset.Name)}"
            + (dataset.Digest is null ? ")" : $" AND {alias}.dataset_digest = {sql.Add(dataset.Digest)})"))) + ")";

    private static string Column(SearchField field) =>
        field.Entity == SearchEntity.Tag ? "m.tags" : "m.parameters";
}
