using System.Collections.Frozen;

namespace Fairlead.Core.Tracking.Search;

/// <summary>What the values of a field are.</summary>
public enum SearchType
{
    Text,
    Number,
}

/// <summary>An attribute that may be filtered or ordered by.</summary>
/// <param name="Name">Its canonical name.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Orders">Lists may be ordered by it.</param>
public sealed record SearchAttribute(string Name, SearchType Type, bool Orders = true);

/// <summary>What one kind of thing can be searched by.</summary>
public sealed class SearchSchema
{
    private static readonly FrozenDictionary<string, SearchEntity> Written =
        new Dictionary<string, SearchEntity>(StringComparer.OrdinalIgnoreCase)
        {
            ["attribute"] = SearchEntity.Attribute,
            ["attributes"] = SearchEntity.Attribute,
            ["attr"] = SearchEntity.Attribute,
            ["run"] = SearchEntity.Attribute,
            ["metric"] = SearchEntity.Metric,
            ["metrics"] = SearchEntity.Metric,
            ["param"] = SearchEntity.Parameter,
            ["params"] = SearchEntity.Parameter,
            ["parameter"] = SearchEntity.Parameter,
            ["parameters"] = SearchEntity.Parameter,
            ["tag"] = SearchEntity.Tag,
            ["tags"] = SearchEntity.Tag,
            ["dataset"] = SearchEntity.Dataset,
            ["datasets"] = SearchEntity.Dataset,
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenDictionary<string, SearchAttribute> _attributes;
    private readonly FrozenSet<SearchEntity> _entities;

    private SearchSchema(
        IEnumerable<SearchAttribute> attributes, IEnumerable<(string Alias, string Name)> aliases,
        params IEnumerable<SearchEntity> entities)
    {
        var byName = attributes.ToDictionary(each => each.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (alias, name) in aliases)
            byName[alias] = byName[name];
        _attributes = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _entities = entities.Append(SearchEntity.Attribute).ToFrozenSet();
    }

    /// <summary>Runs.</summary>
    public static SearchSchema Runs { get; } = new(
        [
            new("status", SearchType.Text), new("run_id", SearchType.Text), new("run_name", SearchType.Text),
            new("artifact_uri", SearchType.Text), new("user_id", SearchType.Text),
            new("experiment_id", SearchType.Text), new("start_time", SearchType.Number),
            new("end_time", SearchType.Number),
        ],
        [("run name", "run_name"), ("created", "start_time"), ("user", "user_id")],
        SearchEntity.Metric, SearchEntity.Parameter, SearchEntity.Tag, SearchEntity.Dataset);

    /// <summary>Experiments.</summary>
    public static SearchSchema Experiments { get; } = new(
        [
            new("name", SearchType.Text), new("experiment_id", SearchType.Text),
            new("creation_time", SearchType.Number), new("last_update_time", SearchType.Number),
        ],
        [("created", "creation_time")],
        SearchEntity.Tag);

    /// <summary>Registered models.</summary>
    public static SearchSchema RegisteredModels { get; } = new(
        [
            new("name", SearchType.Text), new("last_updated_timestamp", SearchType.Number),
            new("creation_timestamp", SearchType.Number), new("alias", SearchType.Text, Orders: false),
        ],
        [("timestamp", "last_updated_timestamp")],
        SearchEntity.Tag);

    /// <summary>Versions of registered models.</summary>
    public static SearchSchema ModelVersions { get; } = new(
        [
            new("name", SearchType.Text), new("version_number", SearchType.Number), new("run_id", SearchType.Text),
            new("source_path", SearchType.Text), new("creation_timestamp", SearchType.Number),
            new("last_updated_timestamp", SearchType.Number), new("stage", SearchType.Text),
            new("alias", SearchType.Text, Orders: false),
        ],
        [("version", "version_number"), ("source", "source_path"), ("current_stage", "stage")],
        SearchEntity.Tag);

    /// <summary>Logged models.</summary>
    public static SearchSchema LoggedModels { get; } = new(
        [
            new("name", SearchType.Text), new("model_id", SearchType.Text), new("model_type", SearchType.Text),
            new("status", SearchType.Text), new("source_run_id", SearchType.Text),
            new("creation_timestamp", SearchType.Number), new("last_updated_timestamp", SearchType.Number),
            new("experiment_id", SearchType.Text),
        ],
        [("creation_time", "creation_timestamp"), ("creation_timestamp_ms", "creation_timestamp"),
            ("last_updated_time", "last_updated_timestamp")],
        SearchEntity.Metric, SearchEntity.Parameter, SearchEntity.Tag);

    /// <summary>The entity of a prefix such as <c>metrics</c>; null when these things have none such.</summary>
    public SearchEntity? EntityOf(string written) =>
        Written.TryGetValue(written, out var entity) && _entities.Contains(entity) ? entity : null;

    /// <summary>The attribute of a name, however it is written; null when there is none.</summary>
    public SearchAttribute? AttributeOf(string written) => _attributes.GetValueOrDefault(written);

    /// <summary>What the values of a field are.</summary>
    public SearchType TypeOf(SearchField field) => field.Entity switch
    {
        SearchEntity.Metric => SearchType.Number,
        SearchEntity.Attribute => _attributes[field.Key].Type,
        _ => SearchType.Text,
    };

    /// <summary>The prefixes that may be written, for refusals.</summary>
    public string EntityNames => List(Written.Keys.Where(name => EntityOf(name) is not null));

    /// <summary>The attributes that may be written, for refusals.</summary>
    public string AttributeNames => List(_attributes.Values.Select(each => each.Name).Distinct());

    private static string List(IEnumerable<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal).Select(name => $"'{name}'"));
}
