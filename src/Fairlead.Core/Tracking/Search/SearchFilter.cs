using System.Collections.Immutable;
using System.Globalization;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Tracking.Search;

/// <summary>
/// Reads filters: comparisons joined by <c>AND</c>, <c>OR</c>, <c>NOT</c> and parentheses. What MLflow's own grammar
/// takes is taken and means the same; the rest is an extension.
/// </summary>
public static class SearchFilter
{
    /// <summary>Longest filter, in UTF-16 characters.</summary>
    public const int MaxLength = 500_000;

    /// <summary>Deepest nesting of parentheses and <c>NOT</c>.</summary>
    public const int MaxNesting = 50;

    /// <summary>Most comparisons in a filter.</summary>
    public const int MaxComparisons = 200;

    /// <summary>Most values in all lists of a filter.</summary>
    public const int MaxValues = 10_000;

    /// <summary>Longest pattern of LIKE and ILIKE.</summary>
    public const int MaxPattern = 5_000;

    /// <summary>Most <c>%</c> of a pattern: each may make the comparison of a text longer by its length.</summary>
    public const int MaxWildcards = 20;

    /// <summary>
    /// Reads a filter; null or empty passes everything. Throws <see cref="RefusalException"/> with code
    /// <c>invalid_filter</c> and words that say what is wrong, where, and what could stand there.
    /// </summary>
    public static SearchNode Parse(string? filter, SearchSchema schema)
    {
        if (string.IsNullOrWhiteSpace(filter))
            return SearchNode.Everything;
        if (filter.Length > MaxLength)
        {
            throw SearchRefusals.Filter(string.Create(CultureInfo.InvariantCulture,
                $"The filter has {filter.Length} characters; at most {MaxLength} are read."));
        }

        return filter.Contains('\0')
            ? throw SearchRefusals.Filter("The filter must not contain the character U+0000.")
            : new Reading(filter, schema).Whole();
    }

    /// <summary>
    /// Reads the items of an order, such as <c>metrics.loss DESC</c>; ascending unless it says otherwise. Throws
    /// <see cref="RefusalException"/> with code <c>invalid_order</c>.
    /// </summary>
    public static IReadOnlyList<SearchOrder> ParseOrder(IReadOnlyList<string> items, SearchSchema schema)
    {
        var orders = new List<SearchOrder>();
        foreach (var item in items)
        {
            SearchOrder order;
            try
            {
                order = new Reading(item, schema).Order();
            }
            catch (RefusalException refused) when (refused.Refusals[0].Field == "filter")
            {
                throw SearchRefusals.Order($"Invalid order_by clause '{item}': {refused.Message}");
            }

            if (orders.Any(each => each.Field == order.Field))
                throw SearchRefusals.Order($"`order_by` contains duplicate fields: '{item}' is there twice.");
            orders.Add(order);
        }

        return orders;
    }

    /// <summary>One text being read, by recursive descent.</summary>
    private sealed class Reading(string text, SearchSchema schema)
    {
        private readonly List<SearchToken> _tokens = SearchLexer.Read(text);
        private int _next;
        private int _nesting;
        private int _comparisons;
        private int _values;

        private SearchToken Present => _tokens[_next];

        public SearchNode Whole()
        {
            var node = Any();
            return Present.Kind == SearchTokenKind.End
                ? node
                : throw Clause("one comparison ends here and nothing joins it to the next; write AND or OR");
        }

        public SearchOrder Order()
        {
            var field = Field();
            var descending = Present.Is("desc");
            if (descending || Present.Is("asc"))
                _next++;
            if (Present.Kind != SearchTokenKind.End)
                throw Clause("only ASC or DESC may follow");
            return field.Entity is SearchEntity.Dataset
                || (field.Entity == SearchEntity.Attribute && !schema.AttributeOf(field.Key)!.Orders)
                ? throw SearchRefusals.Order(
                    $"Invalid order_by key '{field.Key}': lists cannot be ordered by it. Valid keys are attributes "
                    + $"({schema.AttributeNames}), metrics, params and tags.")
                : new SearchOrder(field, descending);
        }

        private SearchNode Any()
        {
            var parts = ImmutableArray.CreateBuilder<SearchNode>();
            parts.Add(All());
            while (Present.Is("or"))
            {
                _next++;
                parts.Add(All());
            }

            return parts.Count == 1 ? parts[0] : new SearchAny(parts.ToImmutable());
        }

        private SearchNode All()
        {
            var parts = ImmutableArray.CreateBuilder<SearchNode>();
            parts.Add(One());
            while (Present.Is("and"))
            {
                _next++;

                // An AND with nothing behind it is taken, as MLflow does.
                if (Present.Kind == SearchTokenKind.End)
                    break;
                parts.Add(One());
            }

            return parts.Count == 1 ? parts[0] : new SearchAll(parts.ToImmutable());
        }

        private SearchNode One()
        {
            if (Present.Is("not"))
            {
                _next++;
                return Deeper(() => new SearchNot(One()));
            }

            if (!Present.IsMark("("))
                return Comparison();

            _next++;
            var inner = Deeper(Any);
            Expect(")");
            return inner;
        }

        private SearchNode Deeper(Func<SearchNode> read)
        {
            if (++_nesting > MaxNesting)
                throw Clause($"the filter is nested more than {MaxNesting} deep");
            var node = read();
            _nesting--;
            return node;
        }

        private SearchComparison Comparison()
        {
            if (++_comparisons > MaxComparisons)
                throw Clause($"the filter has more than {MaxComparisons} comparisons");
            var field = Field();
            var given = Operator();
            if (given is SearchOperator.In or SearchOperator.NotIn)
                return new SearchComparison(field, given, List(field));

            var type = schema.TypeOf(field);
            var fits = type == SearchType.Number
                ? given is not (SearchOperator.Like or SearchOperator.ILike)
                : given is SearchOperator.Equal or SearchOperator.NotEqual or SearchOperator.Like
                    or SearchOperator.ILike;
            return fits
                ? new SearchComparison(field, given,
                    [given is SearchOperator.Like or SearchOperator.ILike ? Pattern(field) : Value(field)])
                : throw SearchRefusals.Filter(
                    $"Invalid comparator '{SearchOperators.Text(given)}' for {Name(field)}; it takes one of "
                    + (type == SearchType.Number ? "'>', '>=', '=', '!=', '<', '<=', 'IN', 'NOT IN'."
                        : "'=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'."));
        }

        private SearchOperator Operator()
        {
            var token = Present;
            if (token.Kind == SearchTokenKind.Comparator && SearchOperators.Of(token.Text) is { } comparator)
            {
                _next++;
                return comparator;
            }

            var isNot = token.Is("not");
            if (isNot)
                _next++;
            var word = Present;
            SearchOperator? found = word.Is("in")
                ? isNot ? SearchOperator.NotIn : SearchOperator.In
                : isNot ? null
                : word.Is("like") ? SearchOperator.Like
                : word.Is("ilike") ? SearchOperator.ILike
                : null;
            if (found is null)
            {
                throw word.Kind == SearchTokenKind.End
                    ? Clause("a comparison ends before it compares")
                    : SearchRefusals.Filter($"Invalid comparator '{word.Text}' in the filter, at character "
                        + $"{word.At + 1}; it takes one of '=', '!=', '<', '<=', '>', '>=', LIKE, ILIKE, IN, NOT IN.");
            }

            _next++;
            return found.Value;
        }

        private ImmutableArray<SearchValue> List(SearchField field)
        {
            Expect("(");
            var values = ImmutableArray.CreateBuilder<SearchValue>();
            while (true)
            {
                values.Add(Value(field));
                if (++_values > MaxValues)
                    throw Clause($"the filter lists more than {MaxValues} values");
                if (Present.IsMark(","))
                {
                    _next++;

                    // One comma may be left over before the end of the list, as Python writes a list of one.
                    if (!Present.IsMark(")"))
                        continue;
                }

                Expect(")");
                return values.ToImmutable();
            }
        }

        private SearchValue Pattern(SearchField field)
        {
            var value = Value(field);
            if (value.Text.Length > MaxPattern)
                throw SearchRefusals.Filter($"A pattern of {Name(field)} is longer than {MaxPattern} characters.");
            return value.Text.Count(c => c == '%') > MaxWildcards
                ? throw SearchRefusals.Filter($"A pattern of {Name(field)} has more than {MaxWildcards} '%'.")
                : value;
        }

        private SearchValue Value(SearchField field)
        {
            var token = Present;
            if (schema.TypeOf(field) == SearchType.Number)
            {
                if (token.Kind != SearchTokenKind.Number)
                {
                    throw SearchRefusals.Filter($"Expected numeric value type for {Kind(field)}. Found "
                        + $"'{token.Text}' for {Name(field)}.");
                }

                _next++;
                return SearchValue.OfNumber(token.Text);
            }

            if (token.Kind is not (SearchTokenKind.SingleQuoted or SearchTokenKind.DoubleQuoted))
            {
                throw SearchRefusals.Filter($"Expected a quoted string value for {Kind(field)} (e.g. 'my-value'). "
                    + $"Got value '{token.Text}' for {Name(field)}.");
            }

            _next++;
            return SearchValue.OfText(token.Text);
        }

        /// <summary><c>entity.key</c>, a bare attribute, or one of two words.</summary>
        private SearchField Field()
        {
            var token = Present;
            switch (token.Kind)
            {
                case SearchTokenKind.Word:
                    _next++;
                    return AfterWord(token.Text);
                case SearchTokenKind.DoubleQuoted or SearchTokenKind.Backticked:
                    _next++;
                    return Attribute(token.Text);
                case SearchTokenKind.End:
                    throw Clause("a comparison is missing");
                default:
                    throw Clause("a comparison begins with a name such as metrics.loss");
            }
        }

        private SearchField AfterWord(string word)
        {
            // metrics."a key"
            if (Present.IsMark("."))
            {
                _next++;
                var key = Present;
                if (key.Kind is not (SearchTokenKind.DoubleQuoted or SearchTokenKind.Backticked))
                    throw Clause("a dot is followed by a key, in quotes if need be");
                _next++;
                return Of(word, key.Text);
            }

            if (word.Split('.', 2) is [var entity, { Length: > 0 } rest])
                return Of(entity, rest);

            // "run name" is one attribute in two words.
            if (Present is { Kind: SearchTokenKind.Word } second
                && schema.AttributeOf($"{word} {second.Text}") is { } twoWords)
            {
                _next++;
                return new SearchField(SearchEntity.Attribute, twoWords.Name);
            }

            return Attribute(word);
        }

        private SearchField Of(string entity, string key) => schema.EntityOf(entity) switch
        {
            null => throw SearchRefusals.Filter(
                $"Invalid entity type '{entity}'. Valid values are {schema.EntityNames}."),
            SearchEntity.Attribute => Attribute(key),
            SearchEntity.Dataset when key is not ("name" or "digest" or "context") => throw SearchRefusals.Filter(
                $"Invalid dataset attribute key '{key}' specified. Valid keys are 'context', 'digest', 'name'."),
            { } known when key.Length == 0 => throw SearchRefusals.Filter($"The key of a {known} is empty."),
            { } known => new SearchField(known, key),
        };

        private SearchField Attribute(string name) => schema.AttributeOf(name) is { } attribute
            ? new SearchField(SearchEntity.Attribute, attribute.Name)
            : throw SearchRefusals.Filter(
                $"Invalid attribute key '{name}' specified. Valid keys are {schema.AttributeNames}.");

        private void Expect(string mark)
        {
            if (!Present.IsMark(mark))
                throw Clause($"'{mark}' is missing");
            _next++;
        }

        private static string Kind(SearchField field) => field.Entity switch
        {
            SearchEntity.Metric => "metric",
            SearchEntity.Parameter => "parameter",
            SearchEntity.Tag => "tag",
            SearchEntity.Dataset => "dataset",
            _ => "attribute",
        };

        private static string Name(SearchField field) => $"{Kind(field)} '{field.Key}'";

        private RefusalException Clause(string why) => SearchRefusals.Clause(text, Present.At, why);
    }
}

/// <summary>One item of an order.</summary>
public sealed record SearchOrder(SearchField Field, bool Descending);
