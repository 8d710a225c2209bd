namespace Fairlead.Core.Monitoring;

/// <summary>What the values of an input or output are to its monitoring.</summary>
public enum ColumnKind
{
    /// <summary>Quantities, which have an order and distances.</summary>
    Number,

    /// <summary>Names out of a set, which have neither.</summary>
    Category,

    /// <summary>Free text, of which the length is compared.</summary>
    Text,
}
